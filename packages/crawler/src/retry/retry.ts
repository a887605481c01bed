import { createHash } from 'node:crypto';
import { outcomeClass, parseWhere, readManifest, readPairs, rewriteShards, UserError } from '@wenlan/shards';
import type { Manifest, Pair, RewriteProgress } from '@wenlan/shards';
import { combine } from '../consent/opt-out.ts';
import { checkFetchOptions } from '../crawl-options.ts';
import type { CrawlOptions } from '../crawl-options.ts';
import type { FilledOptions } from '../crawl-options.ts';
import { createFetcher } from '../fetch/create-fetcher.ts';
import { urlKey } from '../frontier/url-key.ts';
import { fetchPicture } from '../picture/fetch-picture.ts';
import type { StoredListRow } from '../sources/stored-list.ts';
import { FetchedRows } from './fetched-rows.ts';
import type { PictureOfRow } from './fetched-rows.ts';

/** How far a retry is. */
export type RetryProgress = ({ type: 'shard' } & RewriteProgress) | { type: 'note'; sentence: string };

/** Which rows of a finished crawl are fetched again. */
export interface RetryOptions extends Omit<
  CrawlOptions,
  | 'out'
  | 'sources'
  | 'maxShardRows'
  | 'maxPageBytes'
  | 'maxPagesPerHost'
  | 'resize'
  | 'since'
  | 'earlierCrawls'
  | 'coverage'
  | 'networks'
  | 'beforeCommit'
  | 'onProgress'
> {
  /** Which rows, such as `outcome in (timeout, http-5xx)`; see `parseWhere` of `@wenlan/shards`. */
  where: string;
  /** Has the pictures fetched by other processes. @returns location of a raw dataset with a row for each that was asked for */
  fetchElsewhere?: (asked: AskedElsewhere) => Promise<string>;
  /** Told as rows are fetched. */
  onProgress?: (progress: RetryProgress) => void;
}

/** The pictures that a retry wants. */
export interface AskedElsewhere {
  /** One for each URL, in the order of the dataset. */
  rows: AsyncIterable<StoredListRow>;
  /** Another one for another condition, or once the dataset has changed. */
  key: string;
  /** What pictures are fitted to, as those of the dataset are. */
  resize: CrawlOptions['resize'];
  /** Rows were replaced already by an earlier call with what was fetched for it, which is to be used again. */
  isGoingOn: boolean;
}

/** What became of the rows that were fetched again. */
export interface RetrySummary {
  /** Rows asked for again, and shards written anew. */
  rows: number;
  shardsRewritten: number;
  /** What became of these rows. */
  byOutcome: Record<string, number>;
}

/** A picture that a row of the dataset holds already. */
type KnownPicture = Pick<Pair, 'id' | 'mime' | 'width' | 'height' | 'sha256'>;

/** Rows that are good, that point to another, that people took out, or whose page or picture said no. */
const KEPT = new Set(['ok', 'duplicate', 'forgotten', 'opt-out']);

/**
 * Fetches the pictures of those rows of a finished crawl that a condition holds for, and writes only their shards anew; also
 * of an import, whose rows with only a URL are `filtered:not-fetched`. It knows in memory each URL that it is to fetch.
 * Rows that are `ok`, `duplicate:ID`, `forgotten` or `opt-out` stay as they are. Of rows that share a picture one receives
 * it, and the others become its duplicates. The same call after a kill goes on after the shards that are done.
 * @throws UserError RETRY_STAGE, RETRY_UNFINISHED, WHERE_INVALID, CRAWL_OPTIONS, and those of `rewriteShards`; the signal's reason
 */
export async function retry(dataset: string, given: RetryOptions): Promise<RetrySummary> {
  const { where, signal, onProgress, fetchElsewhere } = given;
  const condition = parseWhere(where);
  const manifest = await checkDataset(dataset);
  // What is fetched again is fitted to the size of the rest.
  const { resize } = manifest.recipe as Pick<CrawlOptions, 'resize'>;
  const options = checkFetchOptions({
    ...given,
    out: dataset,
    sources: [],
    ...(resize !== undefined && { resize }),
    onProgress: (event) => void (event.type === 'note' && onProgress?.(event)),
  });
  const select = (row: Pair): boolean => isHttp(row.imageUrl) && !KEPT.has(outcomeClass(row.outcome)) && condition(row);
  const columns = [...new Set<keyof Pair>([...condition.columns, 'imageUrl'])];
  const known = await knownPictures(dataset, select, columns);
  const byOutcome: Record<string, number> = {};
  const key = `retry ${where}`;
  const source =
    fetchElsewhere === undefined
      ? ownPictures(options)
      : await picturesElsewhere(fetchElsewhere, askedRows(dataset, { select, columns, known }), manifest, key);
  try {
    const { rows, shardsRewritten } = await rewriteShards(dataset, {
      key,
      columns,
      select,
      ...(signal !== undefined && { signal }),
      onProgress: (progress) => onProgress?.({ type: 'shard', ...progress }),
      replace: async (before) => {
        const asked = new Map<string, Promise<PictureOfRow | null>>();
        for (const row of before) {
          const url = urlKey(row.imageUrl!);
          if (!known.has(url) && !asked.has(url)) asked.set(url, source.picture(row, url));
        }
        const after: Pair[] = [];
        for (const row of before) {
          const url = urlKey(row.imageUrl!);
          const holder = known.get(url);
          const picture = holder === undefined ? await asked.get(url)! : null;
          const replaced = holder !== undefined ? duplicateOf(row, holder) : picture === null ? row : withPicture(row, picture);
          if (replaced.outcome === 'ok') known.set(url, pictureFacts(replaced));
          after.push(replaced);
          const kind = outcomeClass(replaced.outcome);
          byOutcome[kind] = (byOutcome[kind] ?? 0) + 1;
        }
        return after;
      },
    });
    return { rows, shardsRewritten, byOutcome };
  } finally {
    await source.close();
  }
}

/** Where the pictures of rows come from. */
interface PictureSource {
  /** Null where it was never asked for: the row stays as it is. */
  picture: (row: Pair, key: string) => Promise<PictureOfRow | null>;
  close: () => Promise<void>;
}

function ownPictures(options: FilledOptions): PictureSource {
  const { product, clock, maxImageBytes, maxPixels, resize } = options;
  const fetcher = createFetcher(options);
  let order = 0;
  return {
    picture: (row) => {
      order += 1;
      const request = { url: new URL(row.imageUrl!), referer: refererOf(row), order };
      return fetchPicture(request, { fetcher, maxBytes: maxImageBytes, maxPixels, resize, product, clock });
    },
    close: () => fetcher.close(),
  };
}

async function picturesElsewhere(
  fetchElsewhere: NonNullable<RetryOptions['fetchElsewhere']>,
  rows: AsyncGenerator<StoredListRow>,
  { shards, rewriting, recipe }: Manifest,
  key: string,
): Promise<PictureSource> {
  try {
    const first = await rows.next();
    if (first.done === true) return { picture: async () => null, close: async () => {} };
    const all = async function* (): AsyncGenerator<StoredListRow> {
      yield first.value;
      yield* rows;
    };
    const state = createHash('sha256')
      .update(JSON.stringify([key, shards]))
      .digest('hex');
    const { resize } = recipe as Pick<CrawlOptions, 'resize'>;
    const location = await fetchElsewhere({ rows: all(), key: state, resize, isGoingOn: rewriting?.key === key });
    const fetched = await FetchedRows.open(location);
    return { picture: (_, url) => fetched.picture(url), close: async () => {} };
  } finally {
    await rows.return(undefined);
  }
}

/** A row for each URL that is to be fetched. */
async function* askedRows(
  dataset: string,
  { select, columns, known }: { select: (row: Pair) => boolean; columns: (keyof Pair)[]; known: Map<string, KnownPicture> },
): AsyncGenerator<StoredListRow> {
  const asked = new Set<string>();
  for await (const rows of readPairs(dataset, { columns: [...new Set<keyof Pair>([...columns, 'pageUrl'])] })) {
    for (const row of rows) {
      if (!select(row)) continue;
      const { imageUrl, pageUrl } = row;
      const url = urlKey(imageUrl!);
      if (known.has(url) || asked.has(url)) continue;
      asked.add(url);
      yield { place: String(asked.size), outcome: null, fields: { imageUrl, pageUrl, texts: [], consent: null } };
    }
  }
}

async function checkDataset(dataset: string): Promise<Manifest> {
  const manifest = await readManifest(dataset);
  const { stage, complete } = manifest;
  if (stage !== 'crawl' && stage !== 'import') {
    throw new UserError(
      'RETRY_STAGE',
      `${dataset} is of the stage ${stage}; name the raw dataset that a crawl or an import wrote.`,
    );
  }
  if (!complete) {
    throw new UserError('RETRY_UNFINISHED', `The ${stage} of ${dataset} isn't finished; run its command again, then retry.`);
  }
  return manifest;
}

/** By the key of their URL: pictures of rows to come that another row has, so that none is fetched or kept twice. */
async function knownPictures(
  dataset: string,
  select: (row: Pair) => boolean,
  columns: (keyof Pair)[],
): Promise<Map<string, KnownPicture>> {
  const wanted = new Set<string>();
  for await (const rows of readPairs(dataset, { columns })) {
    for (const row of rows) if (select(row)) wanted.add(urlKey(row.imageUrl!));
  }
  const known = new Map<string, KnownPicture>();
  if (wanted.size === 0) return known;
  for await (const rows of readPairs(dataset, { columns: ['imageUrl', 'mime', 'width', 'height', 'sha256'] })) {
    for (const row of rows) {
      if (row.outcome !== 'ok' || !isHttp(row.imageUrl)) continue;
      const key = urlKey(row.imageUrl);
      if (wanted.has(key)) known.set(key, pictureFacts(row));
    }
  }
  return known;
}

const pictureFacts = ({ id, mime, width, height, sha256 }: Pair): KnownPicture => ({
  id,
  mime,
  width,
  height,
  sha256: sha256 === null ? null : Uint8Array.from(sha256),
});

const isHttp = (url: string | null): url is string => url !== null && /^https?:/i.test(url) && URL.canParse(url);

const refererOf = ({ pageUrl }: Pair): string | null => (isHttp(pageUrl) ? `${new URL(pageUrl).origin}/` : null);

function withPicture(row: Pair, picture: PictureOfRow): Pair {
  const { outcome, mime, width, height, sha256, robots, reservation, fetchedAt, bytes } = picture;
  const { directives, tdm } = combine(
    { directives: row.consent?.xRobotsTag ?? null, tdm: row.consent?.tdm ?? null },
    reservation,
  );
  const consent = { robots, xRobotsTag: directives, tdm, license: row.consent?.license ?? null };
  return { ...row, outcome, image: bytes, mime, width, height, sha256, fetchedAt, consent };
}

const duplicateOf = (row: Pair, { id, ...facts }: KnownPicture): Pair => ({
  ...row,
  ...facts,
  outcome: `duplicate:${id}`,
  image: null,
});
