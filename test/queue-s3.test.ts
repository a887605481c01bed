import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clean, parseRecipe } from '@wenlan/cleaning';
import { retry } from '@wenlan/crawler';
import { cleanOnQueue, crawlOnQueue, retryOnQueue } from '@wenlan/queue';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startPictureHosts, type PictureHosts } from '../packages/queue/test/support/picture-hosts.ts';
import { redisMissing, type RedisServer, startRedis } from '../packages/queue/test/support/redis-server.ts';
import { startWorker } from '../packages/queue/test/support/start-workers.ts';
import { folderBytes } from '../packages/shards/test/support/folder-bytes.ts';
import { missingS3, prefixBytes, type S3Server, startS3 } from '../packages/shards/test/support/s3-server.ts';

const HOSTS = 4;
const PICTURES = 80;
const LOCK_MILLIS = 3_000;
const WHERE = 'outcome in (http-5xx)';
const SEED = 3;
const RECIPE = parseRecipe({
  name: 'all',
  rules: [{ rule: 'decode', maxPixels: 1_000_000 }],
  encode: { maxSide: 64, vectorSide: 64, jpegQuality: 90 },
  split: { validation: 0, test: 0 },
});
const settings = {
  contact: 'test@example.org',
  allowAddresses: ['127.0.0.0/8'],
  perHost: { requestsPerSecond: 100, concurrency: 2 },
  maxShardRows: 5,
  seed: SEED,
  limits: { retries: 0 },
};

let folder: string;
let redis: RedisServer;
let s3: S3Server;
let hosts: PictureHosts;
const workers: ChildProcess[] = [];
const missing = redisMissing ?? missingS3;
if (missing !== null) process.stderr.write(`The queue isn't tested with S3: ${missing}.\n`);

beforeAll(async () => {
  if (missing !== null) return;
  folder = await mkdtemp(join(tmpdir(), 'wenlan-queue-s3-'));
  await mkdir(join(folder, 'redis'));
  [redis, s3, hosts] = await Promise.all([startRedis(join(folder, 'redis')), startS3(), startPictureHosts(20)]);
  const lines = Array.from({ length: PICTURES }, (_, number) => {
    const kind = number % 16 === 3 ? 'ill' : 'p';
    return `http://127.0.7.${(number % HOSTS) + 1}:${hosts.port}/${kind}/${number}.svg,图${number}`;
  });
  await writeFile(join(folder, 'list.csv'), ['url,caption', ...lines].join('\n'));
});
afterAll(async () => {
  if (missing !== null) return;
  for (const worker of workers) worker.kill('SIGKILL');
  await hosts.close();
  await redis.close();
  await s3.close();
  await rm(folder, { recursive: true });
});

/** With a cache of its own, so that it shares nothing with the others but Redis and S3. */
const machine = (name: string): { WENLAN_CACHE_DIR: string } => ({ WENLAN_CACHE_DIR: join(folder, 'caches', name) });

const crawled = (out: string, onRows: (rows: number) => void = () => {}): ReturnType<typeof crawlOnQueue> =>
  crawlOnQueue({
    out,
    sources: [{ name: 'list', kind: 'list', seeds: [join(folder, 'list.csv')] }],
    settings,
    queue: redis.url,
    clockMillis: 0,
    onProgress: ({ rows }) => onRows(rows),
  });

const startCrawlWorker = (name: string): ChildProcess => {
  const worker = startWorker({ queue: redis.url, lockMillis: LOCK_MILLIS, env: machine(name) });
  workers.push(worker);
  return worker;
};

it.skipIf(missing !== null)(
  'workers that share only Redis and S3 write the bytes of workers in one folder',
  { timeout: 180_000 },
  async () => {
    const raw = s3.place('raw');
    const local = join(folder, 'local', 'raw');
    const first = startCrawlWorker('first');
    const second = startCrawlWorker('second');
    await crawled(local);
    let isKilled = false;
    // While it has a part whose shards it has committed in part, and its frontier in a cache that nobody else sees.
    const summary = await crawled(raw, (rows) => {
      if (rows < 15 || isKilled) return;
      isKilled = true;
      second.kill('SIGKILL');
    });
    expect(isKilled).toBe(true);
    expect(summary).toMatchObject({ candidates: PICTURES, byOutcome: { ok: 75, 'http-5xx': 5 } });
    expect(await prefixBytes(s3, raw)).toEqual(await folderBytes(local));

    hosts.heal();
    const retrying = { where: WHERE, settings, queue: redis.url, clockMillis: 1 };
    const retried = await retryOnQueue(raw, retrying);
    expect(retried.byOutcome).toEqual({ ok: 5 });
    first.kill('SIGKILL');
    expect(await retry(local, { ...settings, where: WHERE, clock: () => 1 })).toEqual(retried);
    expect(await prefixBytes(s3, raw)).toEqual(await folderBytes(local));

    const cleaner = spawn(
      process.execPath,
      [
        '--conditions=@wenlan/source',
        '--import',
        import.meta.resolve('tsx'),
        join(import.meta.dirname, '../packages/queue/test/support/clean-worker-child.ts'),
        redis.url,
        `${LOCK_MILLIS}`,
      ],
      { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, ...machine('cleaner') } },
    );
    workers.push(cleaner);
    const cleaning = { recipe: RECIPE, seed: SEED };
    const cleaned = raw.replace(/raw$/, 'clean');
    await cleanOnQueue(raw, { ...cleaning, out: cleaned, queue: redis.url });
    await clean(local, { ...cleaning, out: join(folder, 'local', 'clean') });
    const alone = Object.entries(await folderBytes(join(folder, 'local', 'clean'))).filter(
      ([name]) => !name.startsWith('measures/'),
    );
    expect(await prefixBytes(s3, cleaned)).toEqual(Object.fromEntries(alone));
    // What was measured elsewhere came here, and not by this process.
    expect(await readdir(join(folder, 'caches'))).toEqual(expect.arrayContaining(['cleaner', 'first', 'second']));
  },
);
