/** What a crawl did: returned by `crawl`, and kept as the state of the dataset's manifest. */
export interface CrawlSummary {
  /** Rows: every candidate picture, whatever became of it. */
  candidates: number;
  byOutcome: Record<string, number>;
  /** Rows by name of the source. */
  bySource: Record<string, number>;
  /** Rows by name of the source and outcome, filters by their names, all duplicates as `duplicate`. */
  bySourceAndOutcome: Record<string, Record<string, number>>;
  /** Pages asked for, and rows of lists. */
  pages: number;
  /** Of the pages, over all sources. */
  pagesByOutcome: Record<string, number>;
  /** The hosts with the most pages and pictures that failed for one reason, at most ten. */
  failingHosts: FailingHost[];
  /** What would make the next crawl better, one sentence each. */
  advice: string[];
}

/** A host that failed often, and how. */
export interface FailingHost {
  host: string;
  outcome: string;
  /** Pages and pictures. */
  count: number;
}
