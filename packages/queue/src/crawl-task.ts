import {
  crawl,
  type CrawlOptions,
  type CrawlSummary,
  type EarlierCrawls,
  type KeptNetworks,
  type SharedHosts,
  type SourceConfig,
  storedList,
} from '@wenlan/crawler';
import { UserError } from '@wenlan/shards';

/** What of a crawl's options is sent to workers. */
export type CrawlSettings = Omit<
  CrawlOptions,
  | 'out'
  | 'sources'
  | 'since'
  | 'earlierCrawls'
  | 'forgottenIn'
  | 'sharedHosts'
  | 'networks'
  | 'clock'
  | 'beforeCommit'
  | 'signal'
  | 'onProgress'
>;

/** Other datasets that a crawl heeds: in S3, or in folders that all workers see. */
export type HeededDatasets = Pick<CrawlOptions, 'since' | 'forgottenIn'>;

/** The crawl of one part of the hosts: what a job of the queue holds. */
export interface CrawlTask extends HeededDatasets {
  settings: CrawlSettings;
  /** Those of `list` read the rows that were dealt to this part. */
  sources: SourceConfig[];
  /** Location of the dataset of this part, seen by all workers. */
  part: string;
  /** For `fetchedAt`; null is the system's. */
  clockMillis: number | null;
}

/** What became of a part. */
export interface CrawledPart {
  /** Where its rows lie; null if no site of it answered. */
  dataset: string | null;
  summary: CrawlSummary | null;
  /** Why there are no rows. */
  silent: string | null;
}

/** How far a part is. */
export interface PartProgress {
  pagesDone: number;
  pagesQueued: number;
  rows: number;
}

export interface CrawlTaskContext {
  sharedHosts: SharedHosts;
  earlierCrawls: EarlierCrawls;
  networks: KeptNetworks;
  /** Throws once another worker has the part. */
  beforeCommit: () => Promise<void>;
  signal: AbortSignal;
  onProgress: (progress: PartProgress) => void;
}

/** Crawls a part, or goes on with it where another worker was stopped. @throws what `crawl` throws */
export async function runCrawlTask(task: CrawlTask, context: CrawlTaskContext): Promise<CrawledPart> {
  // A worker that was taken for dead may still hold its dataset; whoever takes over begins beside it, with the same result.
  for (let attempt = 0; ; attempt++) {
    const out = attempt === 0 ? task.part : `${task.part}-${attempt}`;
    try {
      return { dataset: out, summary: await crawlInto(out, task, context), silent: null };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      if (error.code === 'SITES_SILENT') return { dataset: null, summary: null, silent: error.message };
      if (error.code !== 'DATASET_LOCKED' && error.code !== 'FRONTIER_MISSING') throw error;
    }
  }
}

function crawlInto(
  out: string,
  { settings, sources, clockMillis, since, forgottenIn }: CrawlTask,
  context: CrawlTaskContext,
): Promise<CrawlSummary> {
  const { sharedHosts, earlierCrawls, networks, beforeCommit, signal, onProgress } = context;
  return crawl({
    ...settings,
    out,
    sources: sources.map((source) => (source.kind === 'list' ? { ...source, adapter: storedList } : source)),
    ...(since !== undefined && { since, earlierCrawls }),
    ...(forgottenIn !== undefined && { forgottenIn }),
    sharedHosts,
    networks,
    clock: clockMillis === null ? Date.now : () => clockMillis,
    beforeCommit,
    signal,
    onProgress: (event) => {
      if (event.type === 'page') onProgress({ pagesDone: event.pagesDone, pagesQueued: event.pagesQueued, rows: event.rows });
    },
  });
}
