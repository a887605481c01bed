import { emptyPair, pairId } from '@wenlan/shards';
import type { Outcome, Pair, PairText, Source } from '@wenlan/shards';
import { combine } from '../consent/opt-out.ts';
import type { Reservation } from '../consent/opt-out.ts';
import type { Frontier } from '../frontier/frontier.ts';
import type { PictureRecord } from '../frontier/frontier-state.ts';
import { urlKey } from '../frontier/url-key.ts';
import type { PicturePrefetch, WantedPicture } from './picture-prefetch.ts';
import type { ReadPage } from './read-page.ts';

type PageCandidate = ReadPage['candidates'][number];

export interface PageRowsOptions {
  source: Source;
  order: number;
  frontier: Frontier;
  pictures: PicturePrefetch;
}

/** The rows of a page in its order: one for each picture that stands there, and none that an earlier page of this address brought. */
export async function pageRows(page: ReadPage, { source, order, frontier, pictures }: PageRowsOptions): Promise<Pair[]> {
  const rows: Pair[] = [];
  for (const [id, candidate] of distinctCandidates(page.candidates)) {
    const { imageUrl, pageUrl, texts } = candidate;
    const wanted = wantedPicture(candidate);
    if (frontier.hasRow(id)) {
      pictures.drop(wanted.url);
      continue;
    }
    const consent = (robots: string | null, reservation: Reservation): Pair['consent'] => {
      const { directives, tdm } = combine(page.reservation, reservation);
      return { robots, xRobotsTag: directives, tdm, license: candidate.license ?? null };
    };
    const row = { id, source, imageUrl, pageUrl, texts };
    const key = urlKey(imageUrl);
    const known = frontier.picture(key);
    if (page.optOut !== null) {
      rows.push(emptyPair({ ...row, outcome: 'opt-out', consent: consent(null, { directives: null, tdm: null }) }));
    } else if (known !== undefined) {
      pictures.drop(wanted.url);
      const { mime, width, height, sha256, robots, directives, tdm } = known;
      const facts = { mime, width, height, sha256, consent: consent(robots, { directives, tdm }) };
      rows.push(emptyPair({ ...row, ...facts, outcome: outcomeOfKnown(known) }));
    } else {
      const picture = await pictures.take(wanted, order);
      const { outcome, mime, width, height, sha256, robots, reservation, fetchedAt } = picture;
      const { directives, tdm } = reservation;
      if (outcome !== 'ok') frontier.addFailure(imageUrl, outcome);
      frontier.addPicture(key, { id, outcome, sha256, mime, width, height, robots, directives, tdm });
      const facts = { mime, width, height, sha256, fetchedAt, consent: consent(robots, reservation) };
      rows.push(emptyPair({ ...row, ...facts, outcome, image: picture.bytes }));
    }
    frontier.addRow(id);
  }
  return rows;
}

/** The pictures that a page will take, unless another brings them first. */
export function wantedPictures({ optOut, candidates }: ReadPage): WantedPicture[] {
  return optOut === null ? candidates.map(wantedPicture) : [];
}

/** Browsers send the origin alone to another site; where it matters, the adapter says what to send. */
const wantedPicture = ({ imageUrl, pageUrl, referer }: PageCandidate): WantedPicture => ({
  url: new URL(imageUrl),
  referer: referer ?? `${new URL(pageUrl).origin}/`,
});

const outcomeOfKnown = ({ outcome, id }: PictureRecord): Outcome => (outcome === 'ok' ? `duplicate:${id}` : (outcome as Outcome));

/** By id. A picture that stands twice on a page, such as a lazy one and its `noscript` twin, is one with the texts of both. */
function distinctCandidates(candidates: readonly PageCandidate[]): Map<string, PageCandidate> {
  const byId = new Map<string, PageCandidate>();
  for (const candidate of candidates) {
    const id = pairId(candidate.imageUrl, candidate.pageUrl);
    const first = byId.get(id);
    byId.set(id, first === undefined ? candidate : { ...first, texts: mergeTexts(first.texts, candidate.texts) });
  }
  return byId;
}

function mergeTexts(first: readonly PairText[], second: readonly PairText[]): PairText[] {
  const known = new Set(first.map(({ text }) => text));
  return [...first, ...second.filter(({ text }) => !known.has(text))];
}
