/** A page that waits for its turn. */
export interface QueuedPage {
  url: string;
  depth: number;
  label?: string;
  headers?: Record<string, string>;
  data?: unknown;
}

/** What became of a picture's URL when it was first seen. */
export interface PictureRecord {
  /** Number of the row. */
  row: number;
  id: string;
  outcome: string;
  sha256: Uint8Array | null;
  mime: string | null;
  width: number | null;
  height: number | null;
  robots: string | null;
  directives: string | null;
  tdm: string | null;
}

/** A page or picture that failed. */
export interface Failure {
  tick: number;
  host: string;
  outcome: string;
}

/** A count that can be taken back to the last commit: pages of a host that a source has queued, pictures of a concept. */
export interface Count {
  count: number;
  /** How many they were at the last commit before the count changed, and the tick of that commit. */
  before: number;
  since: number;
}

export interface FailedSeed {
  url: string;
  outcome: string;
  detail: string;
}

export interface FinishedPage {
  outcome: string;
  /** Requests that it stands for, retries not counted. */
  cost: number;
  rows: number;
  /** Of its rows, how many had which outcome. */
  outcomes: Record<string, number>;
  /** Itself, if it is a seed and failed. */
  failedSeed: FailedSeed | null;
}

/** How far a source is. */
export interface SourceState {
  /** Pages finished: the number of the first in the queue. */
  head: number;
  /** Pages queued so far. */
  tail: number;
  /** Pages that wait until no others are left: how many of them were queued, and how many there are. */
  laterHead: number;
  laterTail: number;
  /** Finished pages that the queue no longer holds. */
  removed: number;
  /** Requests that the finished pages stood for; the source with the least has the next turn. */
  virtualTime: number;
  rows: number;
  /** Its rows by outcome, `duplicate` for all duplicates. */
  outcomes: Record<string, number>;
  /** Finished pages by outcome. */
  pages: Record<string, number>;
  /** Hosts beside its scope that its seeds were redirected to. */
  hosts: string[];
  /** The first seed that failed. */
  failedSeed: FailedSeed | null;
}

/** How far a crawl is at the end of a shard. */
export interface FrontierState {
  recipeHash: string;
  /** Rows of the dataset. */
  rows: number;
  /** Pages finished in all sources, and one for the seeds: the crawl's clock. */
  tick: number;
  sources: SourceState[];
}

export function emptyState(recipeHash: string, sources: number): FrontierState {
  return {
    recipeHash,
    rows: 0,
    tick: 0,
    sources: Array.from({ length: sources }, () => ({
      head: 0,
      tail: 0,
      laterHead: 0,
      laterTail: 0,
      removed: 0,
      virtualTime: 0,
      rows: 0,
      outcomes: {},
      pages: {},
      hosts: [],
      failedSeed: null,
    })),
  };
}
