import type { ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { crawlOnQueue } from '@wenlan/queue';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startPictureHosts, type PictureHosts } from '../packages/queue/test/support/picture-hosts.ts';
import { redisMissing, type RedisServer, startRedis } from '../packages/queue/test/support/redis-server.ts';
import { killProcess, startWorker } from '../packages/queue/test/support/start-workers.ts';
import { missingS3, prefixBytes, type S3Server, startS3 } from '../packages/shards/test/support/s3-server.ts';
import { type Machines, missingMachines, startMachines } from './support/machines.ts';

const HOSTS = 8;
const PICTURES = 200;
const LOCK_MILLIS = 2_000;
/** Long enough that another has its parts by then. */
const CUT_OFF_MILLIS = 2.5 * LOCK_MILLIS;
const PER_HOST = { requestsPerSecond: 12, concurrency: 2 };

const missing = redisMissing ?? missingS3 ?? missingMachines;
if (missing !== null) process.stderr.write(`Workers on several machines aren't tested: ${missing}.\n`);

let folder: string;
let machines: Machines;
let redis: RedisServer;
let s3: S3Server;
let hosts: PictureHosts;
/** Those started, with the parts that each has begun. */
const workers: { process: ChildProcess; begun: number }[] = [];

beforeAll(async () => {
  if (missing !== null) return;
  folder = await mkdtemp(join(tmpdir(), 'wenlan-machines-'));
  await mkdir(join(folder, 'redis'));
  machines = startMachines(3, HOSTS);
  [redis, s3, hosts] = await Promise.all([
    startRedis(join(folder, 'redis'), machines.address),
    startS3(machines.address),
    startPictureHosts(20),
  ]);
  const urls = Array.from({ length: PICTURES }, (_, number) => {
    const kind = number % 50 === 7 ? 'gone' : 'p';
    return `http://${machines.hosts[number % HOSTS]}:${hosts.port}/${kind}/${number}.svg,图${number}`;
  });
  await writeFile(join(folder, 'list.csv'), ['url,caption', ...urls].join('\n'));
});
afterAll(async () => {
  if (missing !== null) return;
  await Promise.all(workers.map(({ process }) => killProcess(process)));
  machines.remove();
  await hosts.close();
  await redis.close();
  await s3.close();
  await rm(folder, { recursive: true });
});

const crawled = (out: string, onRows: (rows: number) => void = () => {}): ReturnType<typeof crawlOnQueue> =>
  crawlOnQueue({
    out,
    sources: [{ name: 'list', kind: 'list', seeds: [join(folder, 'list.csv')] }],
    settings: {
      contact: 'test@example.org',
      allowAddresses: ['198.18.0.0/15'],
      perHost: PER_HOST,
      maxShardRows: 5,
      seed: 1,
    },
    queue: redis.url,
    clockMillis: 0,
    onProgress: ({ rows }) => onRows(rows),
  });

function start(machine: number, concurrency: number): (typeof workers)[number] {
  const process = startWorker({
    queue: redis.url,
    concurrency,
    lockMillis: LOCK_MILLIS,
    env: { WENLAN_CACHE_DIR: join(folder, 'caches', `${machine}-${workers.length}`) },
    within: machines.within(machine),
  });
  const worker = { process, begun: 0 };
  process.stdout!.on('data', (text: Buffer) => (worker.begun += text.toString().split(' begins\n').length - 1));
  workers.push(worker);
  return worker;
}

it.skipIf(missing !== null)(
  'three machines, one cut off for a while, one killed and Redis restarted, end with the bytes of one that nothing happened to',
  { timeout: 240_000 },
  async () => {
    const only = start(0, HOSTS);
    const [one, three] = [s3.place('one'), s3.place('three')];
    await crawled(one);
    await killProcess(only.process);
    hosts.log.clear();
    workers.length = 0;

    const [, cutOff, killed] = [0, 1, 2].map((machine) => start(machine, 3));
    let rejoined: Promise<void> | undefined;
    let restarted: Promise<void> | undefined;
    const summary = await crawled(three, (rows) => {
      if (rows < 20 || cutOff!.begun === 0 || killed!.begun === 0) return;
      if (rejoined === undefined) {
        machines.connect(1, false);
        rejoined = sleep(CUT_OFF_MILLIS).then(() => machines.connect(1, true));
      } else if (!killed!.process.killed) killed!.process.kill('SIGKILL');
      else restarted ??= redis.restart();
    });
    await Promise.all([rejoined, restarted]);
    expect([rejoined, restarted]).not.toContain(undefined);
    // Those of the two that were hurt were begun again.
    expect(workers.reduce((sum, { begun }) => sum + begun, 0)).toBeGreaterThan(HOSTS);
    expect(summary).toMatchObject({ candidates: PICTURES, byOutcome: { ok: 196, 'http-4xx': 4 } });
    expect(await prefixBytes(s3, three)).toEqual(await prefixBytes(s3, one));

    expect(hosts.log.size).toBe(HOSTS);
    for (const { times, most } of hosts.log.values()) {
      // No more than is allowed, and what the machine that was cut off had sent before: it arrives when others have been granted theirs.
      expect(most).toBeLessThanOrEqual(2 * PER_HOST.concurrency);
      for (const [index, time] of times.entries()) {
        const inASecond = times.slice(index).filter((other) => other - time < 1_000).length;
        // two more, since those that waited on the way come closer to the next
        expect(inASecond).toBeLessThanOrEqual(PER_HOST.requestsPerSecond + 2);
      }
    }
  },
);
