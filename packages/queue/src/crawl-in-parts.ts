import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CrawlSummary, Interrupted, type SourceConfig } from '@wenlan/crawler';
import {
  datasetLocation,
  type DatasetWriter,
  joinLocation,
  openDataset,
  type OpenOptions,
  storageOf,
  UserError,
} from '@wenlan/shards';
import { type CrawlJobQueue, openCrawlQueue } from './crawl-queue.ts';
import { DEFAULT_PRIORITY } from './job-queue.ts';
import type { CrawledPart, CrawlSettings, CrawlTask, HeededDatasets, PartProgress } from './crawl-task.ts';
import { mergeParts } from './merge-parts.ts';
import { checkRedis } from './redis.ts';

const POLL_MILLIS = 500;
/** An error names so many sites. */
const MAX_SILENCES = 3;

/** How work that was dealt to parts is crawled. */
export interface PartsOptions extends HeededDatasets {
  /** The raw dataset: in S3, or a folder that all workers see under this path. */
  out: string;
  settings: CrawlSettings;
  /** `redis://HOST:PORT` */
  queue: string;
  /** For `fetchedAt`; null is the system's. */
  clockMillis: number | null;
  /** Of several crawls or cleanings that wait for workers, those with the lowest number go first; 10 by default, at least 1. */
  priority?: number | undefined;
  signal?: AbortSignal | undefined;
  /** Told as parts of the crawl are done. */
  onProgress?: ((progress: CrawlOnQueueProgress) => void) | undefined;
}

/** How far the parts are, all together. */
export interface CrawlOnQueueProgress extends PartProgress {
  parts: number;
  partsDone: number;
}

/**
 * Has the parts of a crawl done by workers, each a job of the queue and a dataset of its own, and puts them together in their
 * order. Run again with the same recipe it goes on, also with an empty Redis.
 * @param recipe of the raw dataset
 * @param deal writes what workers read into a folder that they all see, and gives the sources of each part
 * @throws UserError QUEUE_URL, QUEUE_UNREACHABLE, QUEUE_PARTS_FAILED, SITES_SILENT; those of `openDataset`; `Interrupted`
 */
export async function crawlInParts(
  options: PartsOptions,
  recipe: OpenOptions['recipe'],
  deal: (folder: string) => Promise<Map<number, SourceConfig[]>>,
): Promise<CrawlSummary> {
  const { out, settings, queue, clockMillis } = options;
  const heeded = heededDatasets(options);
  await checkRedis(queue);
  const writer = await openDataset(out, {
    stage: 'crawl',
    recipe,
    ...(heeded.since !== undefined && { parents: [heeded.since] }),
    ...(heeded.forgottenIn !== undefined && { forgottenIn: heeded.forgottenIn }),
  });
  try {
    if (writer.complete) return writer.manifest.state as CrawlSummary;
    const folder = joinLocation(datasetLocation(out), 'parts');
    const crawlId = createHash('sha256')
      .update(`${datasetLocation(out)} ${writer.manifest.recipeHash}`)
      .digest('hex')
      .slice(0, 12);
    const tasks = new Map<string, CrawlTask>();
    for (const [part, own] of await deal(joinLocation(folder, 'lists'))) {
      const name = String(part).padStart(2, '0');
      tasks.set(`${crawlId}-${name}`, { settings, sources: own, part: joinLocation(folder, name), clockMillis, ...heeded });
    }
    return await crawlParts(options, await largestFirst(tasks), writer, folder);
  } finally {
    await writer.close();
  }
}

/** As workers find them, whatever their own folder is. */
function heededDatasets({ since, forgottenIn }: HeededDatasets): HeededDatasets {
  return {
    ...(since !== undefined && { since: datasetLocation(since) }),
    ...(forgottenIn !== undefined && { forgottenIn: forgottenIn.map(datasetLocation) }),
  };
}

async function crawlParts(
  options: PartsOptions,
  tasks: ReadonlyMap<string, CrawlTask>,
  writer: DatasetWriter,
  folder: string,
): Promise<CrawlSummary> {
  const { queue: url } = options;
  const queue = openCrawlQueue(url);
  queue.on('error', () => {}); // Redis is gone for a while
  try {
    const parts = await finishedParts(queue, tasks, options);
    const silent = parts.flatMap((part) => part.silent ?? []);
    const crawled = parts.flatMap(({ dataset, summary }) => (dataset === null || summary === null ? [] : [{ dataset, summary }]));
    if (crawled.length === 0) throw new UserError('SITES_SILENT', silent.slice(0, MAX_SILENCES).join(' '));
    const summary = await mergeParts(crawled, silent, datasetLocation(options.out), writer);
    await storageOf(folder).removeFolder(folder);
    await Promise.all([...tasks.keys()].map((id) => queue.remove(id)));
    return summary;
  } finally {
    await queue.close();
  }
}

/** So that the last to end isn't one that was begun last. */
async function largestFirst(tasks: ReadonlyMap<string, CrawlTask>): Promise<Map<string, CrawlTask>> {
  const sized = await Promise.all(
    [...tasks].map(async ([id, task]) => {
      const lists = task.sources.flatMap(({ kind, seeds }) => (kind === 'list' ? seeds : []));
      const bytes = await Promise.all(lists.map(async (list) => (await storageOf(list).stat(list))?.bytes ?? 0));
      return { id, task, bytes: bytes.reduce((sum, each) => sum + each, 0) };
    }),
  );
  return new Map(sized.sort((left, right) => right.bytes - left.bytes).map(({ id, task }) => [id, task]));
}

/** Puts every part into the queue, as often as Redis forgets it, and waits for all. @returns them in the order of their ids */
async function finishedParts(
  queue: CrawlJobQueue,
  tasks: ReadonlyMap<string, CrawlTask>,
  { signal, priority = DEFAULT_PRIORITY, onProgress }: PartsOptions,
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
      if (job === undefined) await queue.add('part', task, { jobId: id, priority });
      else if (((job.returnvalue as CrawledPart | null) ?? null) !== null) done.set(id, job.returnvalue);
      else if (await job.isFailed()) failed.push(`${id}: ${job.failedReason}`);
      else add(sum, job.progress as Partial<PartProgress>);
    }
    for (const { summary } of done.values()) add(sum, { pagesDone: summary?.pages ?? 0, rows: summary?.candidates ?? 0 });
    onProgress?.({ ...sum, parts: tasks.size, partsDone: done.size });
    if (done.size === tasks.size) return [...tasks.keys()].sort().map((id) => done.get(id)!);
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
