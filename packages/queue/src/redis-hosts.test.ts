import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redisMissing, type RedisServer, startRedis } from '../test/support/redis-server.ts';
import { RedisHosts } from './redis-hosts.ts';

const LEASE_MILLIS = 3_000;
const LIMITS = { requestsPerSecond: 1_000, concurrency: 2 };

let folder: string;
let redis: RedisServer;

describe.skipIf(redisMissing !== null)('the limit of a host over workers', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wenlan-hosts-'));
    redis = await startRedis(folder);
  });
  afterAll(async () => {
    await redis.close();
    await rm(folder, { recursive: true });
  });

  it('holds for as long as requests are under way, and ends with the worker that made them', { timeout: 60_000 }, async () => {
    const [connection, other] = [new Redis(redis.url), new Redis(redis.url)];
    const [first, second] = [new RedisHosts(connection, LEASE_MILLIS), new RedisHosts(other, LEASE_MILLIS)];
    await first.acquire('a.cn', LIMITS);
    const release = await first.acquire('a.cn', LIMITS);
    let granted = 0;
    const waiting = [1, 2].map(() => second.acquire('a.cn', LIMITS).then(() => (granted += 1)));
    await sleep(1.5 * LEASE_MILLIS);
    expect(granted).toBe(0);

    release();
    await Promise.race(waiting);
    expect(granted).toBe(1);

    first.close(); // its second request is never given back, as if it were killed
    await Promise.all(waiting);
    expect(granted).toBe(2);
    second.close();
    connection.disconnect();
    other.disconnect();
  });
});
