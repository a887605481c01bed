import { combine, optOutReason, reservationOfHeaders, reservationOfMetas } from '../consent/opt-out.ts';
import { ofKind } from '../html/picture-candidates.ts';
import { resolveUrl } from '../html/image-url.ts';
import type { PageCandidate, ReadPage } from '../pipeline/read-page.ts';

/** What a WAT record says of a page, as far as it is read (Common Crawl, "WAT format"); everything may be missing. */
interface Envelope {
  Envelope?: {
    'WARC-Header-Metadata'?: { 'WARC-Target-URI'?: string };
    'Payload-Metadata'?: {
      'HTTP-Response-Metadata'?: {
        Headers?: Record<string, string>;
        'HTML-Metadata'?: { Head?: { Title?: string; Base?: string; Metas?: Meta[] }; Links?: Link[] };
      };
    };
  };
}

interface Meta {
  name?: string;
  property?: string;
  content?: string;
}

interface Link {
  /** Element and attribute, such as `IMG@/src`. */
  path?: string;
  url?: string;
  alt?: string;
  title?: string;
}

const PICTURE_PATH = /^IMG@\/(?:src|data-src|data-original)$/i;

/**
 * The pictures that a WAT record of a page names, with alternative text, title and the title of the page.
 * @param text the record's JSON
 * @returns null for records of anything else, such as requests
 */
export function readWat(
  text: string,
  target: string,
  product: string,
): (Omit<ReadPage, 'requests' | 'crawlDelaySeconds' | 'validator'> & { text: string }) | null {
  let envelope: Envelope['Envelope'];
  try {
    ({ Envelope: envelope } = JSON.parse(text) as Envelope);
  } catch {
    return null;
  }
  const response = envelope?.['Payload-Metadata']?.['HTTP-Response-Metadata'];
  const html = response?.['HTML-Metadata'];
  if (html === undefined) return null;
  const { Title: documentTitle, Base: base, Metas: metas = [] } = html.Head ?? {};
  const baseUrl = (base === undefined ? null : resolveUrl(base, target))?.href ?? target;
  const named = metas.map(({ name, property, content }): [string, string] => [
    (name ?? property ?? '').toLowerCase(),
    content ?? '',
  ]);
  const headers = Object.fromEntries(Object.entries(response?.Headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  const keywords = named.find(([name]) => name === 'keywords')?.[1].split(/[,，、;；|]/) ?? [];
  const aboutPage = [...ofKind('title', [documentTitle]), ...ofKind('tag', keywords)];
  const candidates = (html.Links ?? []).flatMap(({ path, url, alt, title }): PageCandidate[] => {
    const imageUrl = PICTURE_PATH.test(path ?? '') && url !== undefined ? resolveUrl(url, baseUrl) : null;
    if (imageUrl === null) return [];
    return [
      { imageUrl: imageUrl.href, pageUrl: target, texts: [...ofKind('alt', [alt]), ...ofKind('title', [title]), ...aboutPage] },
    ];
  });
  const reservation = combine(reservationOfHeaders(headers, product), reservationOfMetas(named, product));
  return {
    outcome: 'ok',
    detail: null,
    url: target,
    candidates,
    links: [],
    reservation,
    optOut: optOutReason(reservation),
    text: JSON.stringify(html),
  };
}
