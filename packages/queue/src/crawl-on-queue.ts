import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CrawlSummary, Interrupted, type SourceConfig } from '@wenlan/crawler';
import { datasetLocation, type DatasetWriter, isRemote, openDataset, UserError, workFolder } from '@wenlan/shards';
import { dealSources, PARTS } from './crawl-parts.ts';
import { type CrawlJobQueue, openCrawlQueue } from './crawl-queue.ts';
import type { CrawledPart, CrawlSettings, CrawlTask, PartProgress } from './crawl-task.ts';
import { mergeParts } from './merge-parts.ts';
import { checkRedis } from './redis.ts';

const POLL_MILLIS = 500;
/** An error names so many sites. */
const MAX_SILENCES = 3;

/** A crawl whose parts are done by workers. */
export interface CrawlOnQueueOptions {
  /** The raw dataset: a folder that all workers see under this path. */
  out: string;
  sources: readonly SourceConfig[];
  settings: CrawlSettings;
  /** `redis://HOST:PORT` */
  queue: string;
  clockMillis: number | null;
  signal?: AbortSignal | undefined;
  /** Told as parts of the crawl are done. */
  onProgress?: (progress: CrawlOnQueueProgress) => void;
}

/** How far the parts are, all together. */
export interface CrawlOnQueueProgress extends PartProgress {
  parts: number;
  partsDone: number;
}

/**
 * Crawls as `crawl` does, by workers: the hosts are dealt to parts by their registrable domains, each a job of the queue and a
 * dataset of its own that any worker can go on with; at the end the parts are put together in their order. The rows depend on the sites
 * alone, not on who crawled what when. Run again, it goes on, also with an empty Redis.
 * @throws UserError QUEUE_URL, QUEUE_UNREACHABLE, QUEUE_REMOTE, QUEUE_PARTS_FAILED, SITES_SILENT; `Interrupted`
 */
export async function crawlOnQueue(options: CrawlOnQueueOptions): Promise<CrawlSummary> {
  const { out, sources, settings, queue: url, clockMillis } = options;
  if (isRemote(out)) {
    throw new UserError(
      'QUEUE_REMOTE',
      `Workers write into one folder that they all see, which ${out} isn't; crawl into a shared folder.`,
    );
  }
  await checkRedis(url);
  const recipe = { sources, settings, clockMillis, parts: PARTS };
  const writer = await openDataset(out, { stage: 'crawl', recipe });
  try {
    if (writer.complete) return writer.manifest.state as CrawlSummary;
    const folder = join(workFolder(out), 'parts');
    const crawlId = createHash('sha256')
      .update(`${datasetLocation(out)} ${writer.manifest.recipeHash}`)
      .digest('hex')
      .slice(0, 12);
    const tasks = new Map<string, CrawlTask>();
    for (const [part, own] of await dealSources(sources, join(folder, 'lists'))) {
      const name = String(part).padStart(2, '0');
      tasks.set(`${crawlId}-${name}`, { settings, sources: own, part: join(folder, name), clockMillis });
    }
    return await crawlParts(options, tasks, writer, folder);
  } finally {
    await writer.close();
  }
}

async function crawlParts(
  { queue: url, signal, onProgress }: CrawlOnQueueOptions,
  tasks: ReadonlyMap<string, CrawlTask>,
  writer: DatasetWriter,
  folder: string,
): Promise<CrawlSummary> {
  const queue = openCrawlQueue(url);
  queue.on('error', () => {}); // Redis is gone for a while
  try {
    const parts = await finishedParts(queue, tasks, signal, onProgress);
    const silent = parts.flatMap((part) => part.silent ?? []);
    const crawled = parts.flatMap(({ dataset, summary }) => (dataset === null || summary === null ? [] : [{ dataset, summary }]));
    if (crawled.length === 0) throw new UserError('SITES_SILENT', silent.slice(0, MAX_SILENCES).join(' '));
    const summary = await mergeParts(crawled, silent, writer);
    await rm(folder, { recursive: true, force: true });
    await Promise.all([...tasks.keys()].map((id) => queue.remove(id)));
    return summary;
  } finally {
    await queue.close();
  }
}

/** Puts every part into the queue, as often as Redis forgets it, and waits for all. The largest go first. */
async function finishedParts(
  queue: CrawlJobQueue,
  tasks: ReadonlyMap<string, CrawlTask>,
  signal: AbortSignal | undefined,
  onProgress: CrawlOnQueueOptions['onProgress'],
): Promise<CrawledPart[]> {
  const done = new Map<string, CrawledPart>();
  for (;;) {
    if (signal?.aborted === true)
      throw new Interrupted('Interrupted; the workers go on. Run the same command again to wait for them.');
    const failed: string[] = [];
    const sum: PartProgress = { pagesDone: 0, pagesQueued: 0, rows: 0 };
    for (const [id, task] of tasks) {
      if (done.has(id)) continue;
      const job = await queue.getJob(id);
      if (job === undefined) await queue.add('part', task, { jobId: id });
      else if (((job.returnvalue as CrawledPart | null) ?? null) !== null) done.set(id, job.returnvalue);
      else if (await job.isFailed()) failed.push(`${id}: ${job.failedReason}`);
      else add(sum, job.progress as Partial<PartProgress>);
    }
    for (const { summary } of done.values()) add(sum, { pagesDone: summary?.pages ?? 0, rows: summary?.candidates ?? 0 });
    onProgress?.({ ...sum, parts: tasks.size, partsDone: done.size });
    if (done.size === tasks.size) return [...tasks.keys()].map((id) => done.get(id)!);
    if (done.size + failed.length === tasks.size) {
      throw new UserError(
        'QUEUE_PARTS_FAILED',
        `${failed.length} of ${tasks.size} parts of the crawl failed, such as ${failed[0]!.replace(/\.$/, '')}; see them with \`wenlan queue failed\`, mend the cause, and give them back with \`wenlan queue retry\`.`,
      );
    }
    await sleep(POLL_MILLIS, undefined, { signal }).catch(() => {});
  }
}

function add(sum: PartProgress, { pagesDone = 0, pagesQueued = 0, rows = 0 }: Partial<PartProgress>): void {
  sum.pagesDone += pagesDone;
  sum.pagesQueued += pagesQueued;
  sum.rows += rows;
}
