import { allHeaders, firstHeader } from '../fetch/first-header.ts';
import type { ResponseHeaders } from '../fetch/request-once.ts';

/** Directives that keep a picture out of a data set; `none` is short for noindex and nofollow. */
const OPT_OUTS = new Set(['noai', 'noimageai', 'noml', 'noindex', 'noimageindex', 'none']);

/** Directives with a value, whose colon doesn't end the name of a crawler. */
const VALUED = /^(?:unavailable_after|max-snippet|max-image-preview|max-video-preview)$/;

/** What a response or a page said about reuse. */
export interface Reservation {
  /** The directives of X-Robots-Tag and meta robots that are for us, in lower case, joined with commas; null for none. */
  directives: string | null;
  /** The value of tdm-reservation (W3C TDMRep): `1` reserves, `0` doesn't; null where nothing was said. */
  tdm: string | null;
}

export const NOTHING_SAID: Reservation = { directives: null, tdm: null };

/** @param product our product token: directives addressed to another crawler aren't for us */
export function reservationOfHeaders(headers: ResponseHeaders, product: string): Reservation {
  const directives = allHeaders(headers, 'x-robots-tag').flatMap((value) => directivesOf(value, product));
  return { directives: joined(directives), tdm: firstHeader(headers, 'tdm-reservation')?.trim() ?? null };
}

/** @param metas name and content of a page's meta elements, the name in lower case */
export function reservationOfMetas(metas: readonly (readonly [name: string, content: string])[], product: string): Reservation {
  const ours = metas.filter(([name]) => name === 'robots' || name === product.toLowerCase());
  const directives = ours.flatMap(([, content]) => directivesOf(content, product));
  return { directives: joined(directives), tdm: metas.find(([name]) => name === 'tdm-reservation')?.[1].trim() ?? null };
}

/** What several places said together. */
export function combine(...reservations: readonly Reservation[]): Reservation {
  if (reservations.every(({ directives, tdm }) => directives === null && tdm === null)) return NOTHING_SAID;
  const directives = reservations.flatMap((reservation) => reservation.directives?.split(',') ?? []);
  const tdms = reservations.flatMap(({ tdm }) => tdm ?? []);
  return { directives: joined(directives), tdm: tdms.includes('1') ? '1' : (tdms[0] ?? null) };
}

/** The reason why the picture may not be taken, or null. */
export function optOutReason({ directives, tdm }: Reservation): string | null {
  const directive = directives?.split(',').find((name) => OPT_OUTS.has(name));
  if (directive !== undefined) return `the site says ${directive}`;
  return tdm === '1' ? 'the site reserves text and data mining (tdm-reservation)' : null;
}

/** Whether the links of a page may not be followed. */
export function forbidsFollowing({ directives }: Reservation): boolean {
  return directives?.split(',').some((name) => name === 'nofollow' || name === 'none') ?? false;
}

function directivesOf(value: string, product: string): string[] {
  let isForUs = true;
  const directives: string[] = [];
  for (const part of value.toLowerCase().split(',')) {
    const [, agent, rest = part] = /^\s*([^\s:]+)\s*:(.*)$/s.exec(part) ?? [];
    if (agent !== undefined && VALUED.test(agent)) continue;
    // The name of a crawler holds for all that follows it in the same header.
    if (agent !== undefined) isForUs = agent === product.toLowerCase();
    if (isForUs && rest.trim() !== '') directives.push(rest.trim());
  }
  return directives;
}

const joined = (directives: readonly string[]): string | null =>
  directives.length === 0 ? null : [...new Set(directives)].join(',');
