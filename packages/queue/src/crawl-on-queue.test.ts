import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { crawl, type CrawlSummary, Interrupted, type SourceConfig } from '@wenlan/crawler';
import { readPairs } from '@wenlan/shards';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startPictureHosts, type PictureHosts } from '../test/support/picture-hosts.ts';
import { redisMissing, type RedisServer, startRedis } from '../test/support/redis-server.ts';
import { startWorker } from '../test/support/start-workers.ts';
import { crawlOnQueue } from './crawl-on-queue.ts';
import { failedParts, openCrawlQueue, queueMetrics } from './crawl-queue.ts';
import { retryFailedJobs } from './job-queue.ts';

const HOSTS = 8;
const PICTURES = 120;
/** Short, so that what a dead worker leaves is taken over while a test waits. */
const LOCK_MILLIS = 3_000;
const PER_HOST = { requestsPerSecond: 50, concurrency: 2 };

let folder: string;
let redis: RedisServer;
let hosts: PictureHosts;
const workers: ChildProcess[] = [];

if (redisMissing !== null) process.stderr.write(`The queue isn't tested: ${redisMissing}.\n`);

describe.skipIf(redisMissing !== null)('a crawl on a queue', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wenlan-queue-'));
    await mkdir(join(folder, 'redis'));
    redis = await startRedis(join(folder, 'redis'));
    hosts = await startPictureHosts(20);
    const lines = Array.from({ length: PICTURES }, (_, number) => {
      const kind = number % 40 === 7 ? 'gone' : number % 40 === 9 ? 'forbidden' : 'p';
      return `http://127.0.7.${(number % HOSTS) + 1}:${hosts.port}/${kind}/${number}.svg,图${number}`;
    });
    await writeFile(join(folder, 'list.csv'), ['url,caption', ...lines, 'not an address,坏'].join('\n'));
  });
  afterEach(() => {
    for (const worker of workers.splice(0)) worker.kill('SIGKILL');
    hosts.log.clear();
  });
  afterAll(async () => {
    await hosts.close();
    await redis.close();
    await rm(folder, { recursive: true });
  });

  function startWorkers(count: number, concurrency = 1): ChildProcess[] {
    const worker = { queue: redis.url, concurrency, lockMillis: LOCK_MILLIS };
    const started = Array.from({ length: count }, () => startWorker(worker));
    workers.push(...started);
    return started;
  }

  const list = (): SourceConfig => ({ name: 'list', kind: 'list', seeds: [join(folder, 'list.csv')] });
  const settings = {
    contact: 'test@example.org',
    allowAddresses: ['127.0.0.0/8'],
    perHost: PER_HOST,
    maxShardRows: 10,
    seed: 1,
    limits: { retries: 0 },
  };

  const crawled = (name: string, onRows: (rows: number) => void = () => {}): Promise<CrawlSummary> =>
    crawlOnQueue({
      out: join(folder, name),
      sources: [list()],
      settings,
      queue: redis.url,
      clockMillis: 0,
      onProgress: ({ rows }) => onRows(rows),
    });

  it('has the rows of a crawl in one process, and the same bytes by one worker and by four', { timeout: 120_000 }, async () => {
    const [only] = startWorkers(1);
    const summary = await crawled('one');
    const alone = await crawl({ ...settings, out: join(folder, 'alone'), sources: [list()], clock: () => 0 });
    expect(summary).toMatchObject({ candidates: PICTURES + 1, byOutcome: alone.byOutcome, bySource: { list: PICTURES + 1 } });
    expect(summary.byOutcome).toMatchObject({ ok: 114, 'http-4xx': 3, robots: 3 });
    expect(await rowsOf('one')).toEqual(await rowsOf('alone'));

    only!.kill('SIGTERM');
    expect(await once(only!, 'exit')).toEqual([0, null]);
    startWorkers(4);
    await crawled('four');
    expect(await fingerprint('four')).toEqual(await fingerprint('one'));
    expect(await crawled('four')).toMatchObject({ candidates: PICTURES + 1 });
  });

  it('asks no host more than it may, over all workers, and its robots.txt once', { timeout: 120_000 }, async () => {
    startWorkers(4, 3);
    // the pictures of every page lie on one host
    await writeFile(
      join(folder, 'shared.csv'),
      ['url,caption', ...Array.from({ length: 60 }, (_, n) => `http://127.0.8.1:${hosts.port}/p/s${n}.svg,图`)].join('\n'),
    );
    const pages = Array.from({ length: 8 }, (_, host) => `http://127.0.9.${host + 1}:${hosts.port}/`);
    const summary = await crawlOnQueue({
      out: join(folder, 'polite'),
      sources: [
        { name: 'pages', kind: 'web', seeds: pages },
        { name: 'shared', kind: 'list', seeds: [join(folder, 'shared.csv')] },
      ],
      settings,
      queue: redis.url,
      clockMillis: null,
    });
    expect(summary.byOutcome).toMatchObject({ ok: 60 + 16 });
    for (const { times, most, robots } of hosts.log.values()) {
      expect(most).toBeLessThanOrEqual(PER_HOST.concurrency);
      expect(robots).toBe(1);
      for (const [index, time] of times.entries()) {
        // one more than the rate, since one that waited on the way comes closer to the next
        const inASecond = times.slice(index).filter((other) => other - time < 1_000).length;
        expect(inASecond).toBeLessThanOrEqual(PER_HOST.requestsPerSecond + 2);
      }
    }
  });

  it.each([
    ['killed', (worker: ChildProcess) => worker.kill('SIGKILL')],
    ['frozen, and thawed when another has its part', (worker: ChildProcess) => freeze(worker)],
    ['told to stop', (worker: ChildProcess) => worker.kill('SIGTERM')],
  ])('ends with the same bytes though a worker is %s', { timeout: 120_000 }, async (name, hurt) => {
    const [first] = startWorkers(2);
    let isHurt = false;
    await crawled(`hurt-${name.slice(0, 6)}`, (rows) => {
      if (rows < 20 || isHurt) return;
      isHurt = true;
      hurt(first!);
    });
    expect(isHurt).toBe(true);
    expect(await fingerprint(`hurt-${name.slice(0, 6)}`)).toEqual(await fingerprint('one'));
  });

  it('ends with the same bytes though Redis is killed and restarted in the middle', { timeout: 120_000 }, async () => {
    startWorkers(2);
    let restarted: Promise<void> | undefined;
    await crawled('restarted', (rows) => {
      if (rows >= 20) restarted ??= redis.restart();
    });
    await restarted;
    expect(restarted).toBeDefined();
    expect(await fingerprint('restarted')).toEqual(await fingerprint('one'));
  });

  it('gives back a part that takes longer than a worker that is told to stop has time', { timeout: 120_000 }, async () => {
    const slow = await startPictureHosts(600_000);
    const queue = openCrawlQueue(redis.url);
    const stop = new AbortController();
    try {
      await writeFile(join(folder, 'slow.csv'), `url,caption\nhttp://127.0.7.1:${slow.port}/p/1.svg,慢`);
      const crawling = crawlOnQueue({
        out: join(folder, 'slow'),
        sources: [{ name: 'slow', kind: 'list', seeds: [join(folder, 'slow.csv')] }],
        settings,
        queue: redis.url,
        clockMillis: 0,
        signal: stop.signal,
      }).catch((error: unknown) => error);
      const worker = startWorker({ queue: redis.url, lockMillis: LOCK_MILLIS, graceMillis: 100 });
      workers.push(worker);
      while ((slow.log.get('127.0.7.1')?.times.length ?? 0) === 0) await sleep(50);
      worker.kill('SIGTERM');
      expect(await once(worker, 'exit')).toEqual([0, null]);
      expect(slow.answers).toEqual([]);
      expect(await queue.getJobCounts('prioritized', 'wait', 'active')).toEqual({ prioritized: 1, wait: 0, active: 0 });
      stop.abort();
      expect(await crawling).toBeInstanceOf(Interrupted);
    } finally {
      await queue.obliterate({ force: true });
      await queue.close();
      await slow.close();
    }
  });

  it('goes before others that have a higher number, and its largest parts first', { timeout: 120_000 }, async () => {
    const stop = new AbortController();
    const waiting = (name: string, priority?: number): Promise<unknown> =>
      crawlOnQueue({
        out: join(folder, name),
        sources: [list()],
        settings,
        queue: redis.url,
        clockMillis: 0,
        priority,
        signal: stop.signal,
      }).catch((error: unknown) => error);
    const queue = openCrawlQueue(redis.url);
    const crawls = [waiting('late')];
    while ((await queue.getPrioritizedCount()) < HOSTS) await sleep(50);
    crawls.push(waiting('urgent', 1));
    while ((await queue.getPrioritizedCount()) < 2 * HOSTS) await sleep(50);
    const jobs = await queue.getPrioritized();
    const isUrgent = jobs.map(({ data }) => data.part.includes('urgent'));
    const urgent = isUrgent.filter(Boolean).length;
    expect(urgent).toBeGreaterThanOrEqual(HOSTS);
    expect(isUrgent).toEqual(jobs.map((_, index) => index < urgent));
    const bytes = await Promise.all(jobs.map(async ({ data }) => (await readFile(data.sources[0]!.seeds[0]!)).length));
    expect(bytes.slice(0, urgent)).toEqual(bytes.slice(0, urgent).toSorted((left, right) => right - left));
    stop.abort();
    await Promise.all(crawls);
    await queue.obliterate({ force: true });
    await queue.close();
  });

  it('may be stopped and begun again while the workers go on', { timeout: 120_000 }, async () => {
    startWorkers(2);
    const stop = new AbortController();
    const options = { out: join(folder, 'stopped'), sources: [list()], settings, queue: redis.url, clockMillis: 0 };
    const onProgress = ({ rows }: { rows: number }): void => void (rows >= 20 && stop.abort());
    await expect(crawlOnQueue({ ...options, signal: stop.signal, onProgress })).rejects.toThrow(Interrupted);
    await crawlOnQueue(options);
    expect(await fingerprint('stopped')).toEqual(await fingerprint('one'));
  });

  it(
    'lists parts that failed again and again, gives them back, and says how the queue stands',
    { timeout: 120_000 },
    async () => {
      startWorkers(1);
      const broken = { ...settings, userAgent: 'no product' };
      const options = { out: join(folder, 'broken'), sources: [list()], settings: broken, queue: redis.url, clockMillis: 0 };
      await expect(crawlOnQueue(options)).rejects.toMatchObject({ code: 'QUEUE_PARTS_FAILED' });
      const queue = openCrawlQueue(redis.url);
      const failed = await failedParts(queue);
      expect(failed[0]!.reason).toContain('The user agent "no product"');
      expect(await queueMetrics(queue)).toMatch(/state="failed"\} [1-9]/);
      for (const worker of workers.splice(0)) worker.kill('SIGKILL');
      expect(await retryFailedJobs(queue)).toBe(failed.length);
      expect(await failedParts(queue)).toEqual([]);
      await queue.obliterate({ force: true });
      await queue.close();
    },
  );

  async function rowsOf(name: string): Promise<string[]> {
    const rows: string[] = [];
    for await (const batch of readPairs(join(folder, name)))
      for (const { id, outcome, texts, sha256 } of batch)
        rows.push(JSON.stringify([id, outcome, texts, sha256 && Buffer.from(sha256).toString('hex')]));
    return rows.sort();
  }

  async function fingerprint(name: string): Promise<[string, string][]> {
    const data = join(folder, name, 'data');
    const files = (await readdir(data)).sort();
    return Promise.all(
      files.map(
        async (file) =>
          [
            file,
            createHash('sha256')
              .update(await readFile(join(data, file)))
              .digest('hex'),
          ] as [string, string],
      ),
    );
  }
});

describe('an address of a queue', () => {
  it.each(['localhost:6379', 'http://127.0.0.1', 'redis://127.0.0.1/first', ''])('"%s" is refused', async (queue) => {
    const refused = crawlOnQueue({ out: '/tmp/none', sources: [], settings: { contact: 'a@b', seed: 1 }, queue, clockMillis: 0 });
    await expect(refused).rejects.toMatchObject({ code: 'QUEUE_URL' });
  });

  it('where no Redis answers is named', async () => {
    const queue = 'redis://127.0.0.1:1';
    const refused = crawlOnQueue({ out: '/tmp/none', sources: [], settings: { contact: 'a@b', seed: 1 }, queue, clockMillis: 0 });
    await expect(refused).rejects.toThrow('No Redis answers at 127.0.0.1:1 (connect ECONNREFUSED 127.0.0.1:1)');
  });
});

function freeze(worker: ChildProcess): void {
  worker.kill('SIGSTOP');
  setTimeout(() => worker.kill('SIGCONT'), 3 * LOCK_MILLIS);
}
