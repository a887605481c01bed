import type { HostLimits, SharedHosts, SharedRobots } from '@wenlan/crawler';
import type { Redis } from 'ioredis';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { KEY_PREFIX } from './redis.ts';

/** Between two looks whether a host that is asked enough at once may be asked again. */
const BUSY_MILLIS = 50;

/**
 * Grants a request to a host, or says how long to wait. Requests are spaced evenly, by the clock of Redis, so that no second has more
 * of them than the rate; those under way lie in a sorted set by when they are given up.
 * KEYS: next slot, under way. ARGV: milliseconds between two, at once, name of the request, lease, wait while busy.
 */
const GRANT = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
if redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[2]) then return tonumber(ARGV[5]) end
local slot = tonumber(redis.call('GET', KEYS[1]) or '0')
if slot > now then return slot - now end
redis.call('SET', KEYS[1], now + tonumber(ARGV[1]), 'PX', math.ceil(tonumber(ARGV[1])) + 1)
redis.call('ZADD', KEYS[2], now + tonumber(ARGV[4]), ARGV[3])
redis.call('PEXPIRE', KEYS[2], tonumber(ARGV[4]))
return 0
`;

/** Says that a request is still under way. KEYS: under way. ARGV: name of the request, lease. */
const RENEW = `
local time = redis.call('TIME')
redis.call('ZADD', KEYS[1], time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[2]), ARGV[1])
redis.call('PEXPIRE', KEYS[1], tonumber(ARGV[2]))
`;

/** What ioredis makes of the two: sent whole only to a Redis that doesn't know them yet. */
interface GrantingRedis extends Redis {
  grantRequest(...keysAndArguments: (string | number)[]): Promise<number>;
  renewRequest(...keysAndArguments: (string | number)[]): Promise<null>;
}

/** Pace and robots.txt of hosts, kept in Redis for all workers. */
export class RedisHosts implements SharedHosts {
  readonly #redis: GrantingRedis;
  readonly #leaseMillis: number;
  /** The set in Redis of every request of this worker that is under way. */
  readonly #underWay = new Map<string, string>();
  readonly #renewal: NodeJS.Timeout;

  /** @param leaseMillis a request of a worker that wasn't heard of for so long is given up */
  constructor(redis: Redis, leaseMillis: number) {
    redis.defineCommand('grantRequest', { numberOfKeys: 2, lua: GRANT });
    redis.defineCommand('renewRequest', { numberOfKeys: 1, lua: RENEW });
    this.#redis = redis as GrantingRedis;
    this.#leaseMillis = leaseMillis;
    this.#renewal = setInterval(() => this.#renew(), leaseMillis / 3);
  }

  /** Ends the renewal; what is still under way is given up by itself. */
  close(): void {
    clearInterval(this.#renewal);
  }

  async acquire(host: string, { requestsPerSecond, concurrency }: HostLimits): Promise<() => void> {
    const [slot, underWay] = [`${KEY_PREFIX}:pace:${host}`, `${KEY_PREFIX}:asked:${host}`];
    const request = randomUUID();
    const between = 1000 / requestsPerSecond;
    for (;;) {
      const askedAt = performance.now();
      const wait = await this.#redis.grantRequest(slot, underWay, between, concurrency, request, this.#leaseMillis, BUSY_MILLIS);
      if (wait > 0) {
        await sleep(wait);
        continue;
      }
      if (performance.now() - askedAt < this.#leaseMillis / 2) break;
      // The grant was long on its way, and counts no more when the host is asked.
      await this.#redis.zrem(underWay, request);
    }
    this.#underWay.set(request, underWay);
    return () => {
      this.#underWay.delete(request);
      // Whoever waits looks again by itself, and the lease ends what couldn't be given back.
      this.#redis.zrem(underWay, request).catch(() => {});
    };
  }

  #renew(): void {
    for (const [request, underWay] of this.#underWay)
      this.#redis.renewRequest(underWay, request, this.#leaseMillis).catch(() => {}); // Redis is gone for a while
  }

  async robots(origin: string): Promise<SharedRobots | null> {
    const kept = await this.#redis.getBuffer(`${KEY_PREFIX}:robots:${origin}`);
    if (kept === null) return null;
    const end = kept.indexOf(10);
    return { status: Number(kept.subarray(0, end)), body: kept.subarray(end + 1) };
  }

  async keepRobots(origin: string, { status, body }: SharedRobots, timeToLiveMillis: number): Promise<void> {
    await this.#redis.set(
      `${KEY_PREFIX}:robots:${origin}`,
      Buffer.concat([Buffer.from(`${status}\n`), body]),
      'PX',
      timeToLiveMillis,
    );
  }
}
