import type { ChildProcess } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crawl, retry, type RetrySummary } from '@wenlan/crawler';
import { forgetPairs, readManifest, readPairs } from '@wenlan/shards';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PictureHosts, startPictureHosts } from '../test/support/picture-hosts.ts';
import { redisMissing, type RedisServer, startRedis } from '../test/support/redis-server.ts';
import { startWorker } from '../test/support/start-workers.ts';
import { crawlOnQueue } from './crawl-on-queue.ts';
import { retryOnQueue } from './retry-on-queue.ts';

const LOCK_MILLIS = 3_000;
const HOSTS = 6;
const WHERE = 'outcome in (http-5xx)';
const settings = {
  contact: 'test@example.org',
  allowAddresses: ['127.0.0.0/8'],
  perHost: { requestsPerSecond: 200, concurrency: 2 },
  maxShardRows: 10,
  seed: 1,
  limits: { retries: 0 },
};

let folder: string;
let redis: RedisServer;
let hosts: PictureHosts;
const workers: ChildProcess[] = [];

describe.skipIf(redisMissing !== null)('on a queue', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wenlan-queue-'));
    await mkdir(join(folder, 'redis'));
    redis = await startRedis(join(folder, 'redis'));
    hosts = await startPictureHosts(10);
    const lines = Array.from({ length: 90 }, (_, number) => {
      // 60 rows of 15 pictures that aren't there at first, so that most stand in several shards, and one that never is
      const kind = number % 40 === 7 ? 'gone' : number >= 60 && number % 2 === 0 ? 'ill' : 'p';
      const picture = kind === 'ill' ? number % 20 : number;
      return `http://127.0.7.${(picture % HOSTS) + 1}:${hosts.port}/${kind}/${picture}.svg,图${number}`;
    });
    const first = Array.from({ length: 12 }, (_, n) => `http://127.0.7.${(n % HOSTS) + 1}:${hosts.port}/ill/${n}.svg,病${n}`);
    await writeFile(join(folder, 'list.csv'), ['url,caption', ...first, ...lines].join('\n'));
    await crawl({ ...settings, out: join(folder, 'raw'), sources: [list()], clock: () => 0 });
    hosts.heal();
    workers.push(...[1, 2].map(() => startWorker({ queue: redis.url, lockMillis: LOCK_MILLIS })));
  });
  afterAll(async () => {
    for (const worker of workers) worker.kill('SIGKILL');
    await hosts.close();
    await redis.close();
    await rm(folder, { recursive: true });
  });

  const list = () => ({ name: 'list', kind: 'list' as const, seeds: [join(folder, 'list.csv')] });

  async function copied(name: string): Promise<string> {
    await cp(join(folder, 'raw'), join(folder, name), { recursive: true });
    return join(folder, name);
  }

  const retriedOnQueue = (dataset: string, more: Partial<Parameters<typeof retryOnQueue>[1]> = {}): Promise<RetrySummary> =>
    retryOnQueue(dataset, { where: WHERE, settings, queue: redis.url, clockMillis: 1, ...more });

  it('a retry fetches what was asked for once, writes only those shards anew, and to the bytes of one without', async () => {
    const alone = await copied('alone');
    const summary = await retry(alone, { ...settings, where: WHERE, clock: () => 1 });
    expect(summary.byOutcome).toEqual({ ok: 16, duplicate: 11 });
    const before = await readManifest(join(folder, 'raw'));
    expect(summary.shardsRewritten).toBeLessThan(before.shards.length);

    hosts.answers.length = 0;
    const queued = await copied('queued');
    expect(await retriedOnQueue(queued)).toEqual(summary);
    expect(await filesOf(queued)).toEqual(await filesOf(alone));
    expect(hosts.answers.filter((answer) => answer.endsWith(' 200'))).toHaveLength(16);
    expect(await retriedOnQueue(queued)).toEqual({ rows: 0, shardsRewritten: 0, byOutcome: {} });
  });

  it('a retry that is stopped, while pictures are fetched or shards are written, goes on to the same bytes', async () => {
    const dataset = await copied('stopped');
    const whileFetching = new AbortController();
    const onFetched = (): void => whileFetching.abort();
    await expect(retriedOnQueue(dataset, { signal: whileFetching.signal, onFetched })).rejects.toThrow('Interrupted');
    const whileWriting = new AbortController();
    hosts.answers.length = 0;
    const onProgress = (event: { type: string; rows?: number }): void => {
      if (event.type === 'shard' && event.rows! > 0) whileWriting.abort();
    };
    await expect(retriedOnQueue(dataset, { signal: whileWriting.signal, onProgress })).rejects.toThrow();
    const asked = hosts.answers.length;
    await retriedOnQueue(dataset);
    expect(hosts.answers.length).toBe(asked);
    expect(await filesOf(dataset)).toEqual(await filesOf(join(folder, 'alone')));
  });

  it('a retry does not go on with what one of other rows has left', async () => {
    const dataset = await copied('given-up');
    const stop = new AbortController();
    const other = { where: 'outcome in (http-4xx)', signal: stop.signal, onFetched: () => stop.abort() };
    await expect(retriedOnQueue(dataset, other)).rejects.toThrow('Interrupted');
    await retriedOnQueue(dataset);
    expect(await filesOf(dataset)).toEqual(await filesOf(join(folder, 'alone')));
  });

  it('a crawl since another asks only for what has changed, and heeds what was forgotten', async () => {
    const crawled = (name: string, since?: string) =>
      crawlOnQueue({
        out: join(folder, name),
        sources: [list()],
        settings,
        queue: redis.url,
        clockMillis: since === undefined ? 0 : 5,
        ...(since !== undefined && { since: join(folder, since) }),
      });
    await crawled('first');
    const forgotten = `http://127.0.7.1:${hosts.port}/p/0.svg`;
    await forgetPairs(join(folder, 'first'), { urls: [forgotten] });
    hosts.answers.length = 0;
    const summary = await crawled('second', 'first');
    expect(summary.byOutcome).toMatchObject({ forgotten: 1, 'http-4xx': 3 });
    const statuses = hosts.answers.map((answer) => answer.replace(/.* /, ''));
    expect(statuses.filter((status) => status === '200')).toEqual(['200']);
    expect(statuses.filter((status) => status === '304').length).toBe(summary.byOutcome['ok']);
    const [before, after] = [await rowsOf('first'), await rowsOf('second')];
    expect(after.filter(({ outcome }) => outcome === 'ok')).toEqual(before.filter(({ outcome }) => outcome === 'ok'));
  });

  async function rowsOf(name: string): Promise<{ id: string; outcome: string; fetchedAt: number | null; image: string }[]> {
    const rows = [];
    for await (const batch of readPairs(join(folder, name)))
      for (const { id, outcome, fetchedAt, image } of batch)
        rows.push({ id, outcome, fetchedAt, image: Buffer.from(image ?? []).toString() });
    return rows;
  }

  async function filesOf(dataset: string): Promise<Record<string, string>> {
    const files: Record<string, string> = {};
    for (const entry of await readdir(dataset, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      files[path.slice(dataset.length)] = (await readFile(path)).toString('hex');
    }
    return files;
  }
});
