/** Where a pair was found. */
export const SOURCES = ['news', 'encyclopedia', 'weibo', 'web', 'commoncrawl', 'list', 'local'] as const;
/** What kind of place a pair is from. */
export type Source = (typeof SOURCES)[number];

/** What a text of a pair is to its picture. */
export const TEXT_KINDS = ['alt', 'caption', 'title', 'surrounding', 'post', 'tag', 'query'] as const;
/** Where a text stood. */
export type TextKind = (typeof TEXT_KINDS)[number];

/** How strongly text and picture correlate; a weak pair is never dropped for being weak. */
export const BANDS = ['over-match', 'strong', 'weak', 'unrelated'] as const;
/** How far text and picture go together. */
export type Band = (typeof BANDS)[number];

/** The closed set of fates of a candidate; the last two carry an argument after the colon. */
export const PLAIN_OUTCOMES = [
  'ok',
  'dns',
  'tcp',
  'tls',
  'timeout',
  'too-slow',
  'too-big',
  'http-4xx',
  'http-5xx',
  'rate-limited',
  'robots',
  'opt-out',
  'redirect-loop',
  'not-image',
  'decode',
  'placeholder',
  'hash-mismatch',
  'forgotten',
] as const;
/** What became of a candidate. */
export type Outcome = (typeof PLAIN_OUTCOMES)[number] | `filtered:${string}` | `duplicate:${string}`;

/** A text of a pair, and where it stood. */
export interface PairText {
  kind: TextKind;
  text: string;
}

/** What the site said about reuse at the moment of fetching; null where it said nothing. */
export interface Consent {
  /** `allow`, `disallow`, or null where robots.txt was not asked (local files). */
  robots: string | null;
  xRobotsTag: string | null;
  tdm: string | null;
  license: string | null;
}

/** One row for every candidate picture ever seen, whatever became of it. */
export interface Pair {
  /** First 26 characters of base32(sha256(canonical image URL + "\n" + canonical page URL)). */
  id: string;
  source: Source;
  pageUrl: string | null;
  imageUrl: string | null;
  /** Address of the profile of whoever posted it, where the source has such; by it a person's posts are found again. */
  author: string | null;
  texts: PairText[];
  /** Original bytes until cleaning re-encodes them; null if there are none. */
  image: Uint8Array | null;
  mime: string | null;
  /** Pixels, after EXIF orientation. */
  width: number | null;
  height: number | null;
  /** Of the bytes of the picture; 32 bytes. */
  sha256: Uint8Array | null;
  /** Of the upright pixels; 64 bits. */
  phash: bigint | null;
  /** x1 y1 x2 y2 in pixels; null: the model uses its grid. */
  boxes: [number, number, number, number][] | null;
  /** Milliseconds since 1970, UTC. */
  fetchedAt: number | null;
  outcome: Outcome;
  consent: Consent | null;
  /** Every measure that a rule ever computed, by name. */
  scores: Record<string, number>;
  band: Band | null;
  /** Id of the near-duplicate cluster's survivor; null before dedup. */
  cluster: string | null;
}
