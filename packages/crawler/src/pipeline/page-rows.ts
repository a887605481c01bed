import { emptyPair, ImageRefused, pairId } from '@wenlan/shards';
import type { Outcome, Pair, PairText, Source } from '@wenlan/shards';
import { combine } from '../consent/opt-out.ts';
import type { Reservation } from '../consent/opt-out.ts';
import type { SourceCoverage } from '../coverage/source-coverage.ts';
import type { Frontier } from '../frontier/frontier.ts';
import type { PictureRecord } from '../frontier/frontier-state.ts';
import { urlKey } from '../frontier/url-key.ts';
import { pictureResponseKey } from '../refresh/stored-response.ts';
import { takePicture } from '../picture/fetch-picture.ts';
import type { ResizeOptions } from '../picture/resize-picture.ts';
import type { PicturePrefetch, WantedPicture } from './picture-prefetch.ts';
import { isHttp } from './read-page.ts';
import type { PageCandidate, ReadPage } from './read-page.ts';

export interface PageRowsOptions {
  source: Source;
  order: number;
  frontier: Frontier;
  pictures: PicturePrefetch;
  /** Of a picture of this machine. */
  maxImageBytes: number;
  maxPixels: number;
  resize: ResizeOptions | null;
  coverage: SourceCoverage;
}

/**
 * The rows of a page in its order: one for each picture that stands there, and none that an earlier page of this address
 * brought; of a list, one for every row.
 */
export async function pageRows(page: ReadPage, options: PageRowsOptions): Promise<Pair[]> {
  const { source, order, frontier, pictures } = options;
  const rows: Pair[] = [];
  for (const [ownId, candidate] of distinctCandidates(page.candidates)) {
    const { imageUrl, pageUrl, texts, place } = candidate;
    const wanted = wantedPicture(candidate);
    const isKnownRow = frontier.hasRow(ownId);
    if (isKnownRow && place === undefined) {
      if (wanted !== null) pictures.drop(wanted.url);
      continue;
    }
    const id = isKnownRow ? pairId(`${ownId} ${place}`, null) : ownId;
    const consent = (robots: string | null, reservation: Reservation): Pair['consent'] => {
      const { directives, tdm } = combine(page.reservation, reservation);
      return { robots, xRobotsTag: directives, tdm, license: candidate.license ?? null };
    };
    const author = candidate.author ?? null;
    const row = { id, source, imageUrl, pageUrl, author, texts };
    const key = wanted === null ? '' : urlKey(wanted.url.href);
    const known = wanted === null ? undefined : frontier.picture(key);
    if (page.optOut !== null) {
      rows.push(emptyPair({ ...row, outcome: 'opt-out', consent: consent(null, { directives: null, tdm: null }) }));
    } else if (options.coverage.isCapped(candidate)) {
      if (wanted !== null) pictures.drop(wanted.url);
      rows.push(emptyPair({ ...row, outcome: 'filtered:concept-cap' }));
    } else if (wanted === null) {
      rows.push(emptyPair({ ...row, ...(await localPicture(candidate, options)) }));
    } else if (known !== undefined) {
      pictures.drop(wanted.url);
      const { mime, width, height, sha256, robots, directives, tdm } = known;
      const facts = { mime, width, height, sha256, consent: consent(robots, { directives, tdm }) };
      rows.push(emptyPair({ ...row, ...facts, outcome: outcomeOfKnown(known) }));
    } else {
      const picture = await pictures.take(wanted, order);
      const { outcome, bytes, mime, width, height, sha256, robots, reservation, fetchedAt, validator } = picture;
      const { directives, tdm } = reservation;
      if (validator !== null) frontier.addResponse({ key: pictureResponseKey(key), validator, picture: reservation });
      if (outcome !== 'ok') frontier.addFailure(wanted.url.href, outcome);
      frontier.addPicture(key, { id, outcome, sha256, mime, width, height, robots, directives, tdm });
      const said = consent(robots, reservation);
      // The way of most rows, so without a spread.
      rows.push(
        emptyPair({
          id,
          source,
          imageUrl,
          pageUrl,
          author,
          texts,
          outcome,
          image: bytes,
          mime,
          width,
          height,
          sha256,
          fetchedAt,
          consent: said,
        }),
      );
    }
    if (rows.at(-1)!.outcome === 'ok') options.coverage.count(candidate);
    frontier.addRow(id);
  }
  return rows;
}

/** The pictures that a page will take, unless another brings them first. */
export function wantedPictures({ optOut, candidates }: ReadPage): WantedPicture[] {
  return optOut === null ? candidates.flatMap((candidate) => wantedPicture(candidate) ?? []) : [];
}

/** Null for one that isn't fetched. Browsers send the origin alone to another site; where it matters, the adapter says what to send. */
function wantedPicture({ imageUrl, pageUrl, referer, bytes, outcome }: PageCandidate): WantedPicture | null {
  if (imageUrl === null || bytes !== undefined || outcome !== undefined) return null;
  const origin = pageUrl !== null && isHttp(pageUrl) ? `${new URL(pageUrl).origin}/` : null;
  return { url: new URL(imageUrl), referer: referer ?? origin };
}

/** What a row says of a picture that isn't fetched: of its file, or what is known without it. */
async function localPicture(
  { bytes, outcome }: PageCandidate,
  { maxImageBytes, maxPixels, resize }: PageRowsOptions,
): Promise<Pick<Pair, 'outcome'> & Partial<Pair>> {
  if (bytes === undefined) return { outcome: outcome ?? 'filtered:no-image' };
  try {
    const image = Buffer.from(await bytes());
    if (image.length > maxImageBytes) return { outcome: 'too-big' };
    const taken = await takePicture(image, maxPixels, resize);
    if (taken.outcome !== 'ok') return { outcome: taken.outcome };
    const { bytes: kept, ...facts } = taken;
    return { ...facts, image: kept };
  } catch (error) {
    if (error instanceof ImageRefused) return { outcome: error.outcome };
    throw error;
  }
}

const outcomeOfKnown = ({ outcome, id }: PictureRecord): Outcome => (outcome === 'ok' ? `duplicate:${id}` : (outcome as Outcome));

/** By id. A picture that stands twice on a page, such as a lazy one and its `noscript` twin, is one with the texts of both. */
function distinctCandidates(candidates: readonly PageCandidate[]): Map<string, PageCandidate> {
  const byId = new Map<string, PageCandidate>();
  for (const candidate of candidates) {
    const id = pairId(candidate.imageUrl ?? candidate.place ?? '', candidate.pageUrl);
    const first = byId.get(id);
    byId.set(id, first === undefined ? candidate : { ...first, texts: mergeTexts(first.texts, candidate.texts) });
  }
  return byId;
}

function mergeTexts(first: readonly PairText[], second: readonly PairText[]): PairText[] {
  const known = new Set(first.map(({ text }) => text));
  return [...first, ...second.filter(({ text }) => !known.has(text))];
}
