import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HostDownError, HostLimiter } from './host-limiter.ts';

// Time is the test's own: nothing here waits.
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const limiterOf = (requestsPerSecond: number, concurrency: number): HostLimiter =>
  new HostLimiter({ requestsPerSecond, concurrency }, { now: () => Date.now() });

/** Asks for leave so many times at once. @returns when each got it, in milliseconds from now */
function times(limiter: HostLimiter, count: number, host = 'a.test'): number[] {
  const start = Date.now();
  const granted: number[] = [];
  for (let index = 0; index < count; index += 1) {
    void limiter.acquire(host, index).then((release) => {
      granted.push(Date.now() - start);
      release();
      return null;
    });
  }
  return granted;
}

describe(HostLimiter, () => {
  it('lets a host be asked so often a second, and other hosts at the same time', async () => {
    const limiter = limiterOf(2, 10);
    const granted = times(limiter, 4);
    const others = times(limiter, 1, 'b.test');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(granted).toEqual([0, 500, 1000, 1500]);
    expect(others).toEqual([0]);
  });

  it('lets so many requests be under way at once, the earliest in the crawl first', async () => {
    const limiter = limiterOf(1_000_000, 2);
    const going: number[] = [];
    const releases: (() => void)[] = [];
    for (const order of [5, 4, 3, 2, 1]) {
      void limiter.acquire('a.test', order).then((release) => {
        going.push(order);
        releases.push(release);
        return null;
      });
    }
    await vi.advanceTimersByTimeAsync(10);
    expect(going).toEqual([5, 1]);
    releases[0]!();
    releases[1]!();
    await vi.advanceTimersByTimeAsync(10);
    expect(going).toEqual([5, 1, 2, 3]);
  });

  it('keeps a crawl-delay, up to a minute', async () => {
    const limiter = limiterOf(100, 10);
    limiter.setCrawlDelay('a.test', 3);
    limiter.setCrawlDelay('b.test', 86_400);
    const granted = times(limiter, 3);
    const capped = times(limiter, 2, 'b.test');
    await vi.advanceTimersByTimeAsync(70_000);
    expect(granted).toEqual([0, 3_000, 6_000]);
    expect(capped).toEqual([0, 60_000]);
  });

  it('leaves a host alone that asks for it', async () => {
    const limiter = limiterOf(10, 10);
    limiter.pause('a.test', 5_000);
    const granted = times(limiter, 1);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(granted).toEqual([5_000]);
  });

  it('goes slower once it is told to, and fast again little by little', async () => {
    const limiter = limiterOf(2, 10);
    limiter.throttled('a.test');
    const slow = times(limiter, 2);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(slow).toEqual([0, 1_000]);
    for (let answers = 0; answers < 8; answers += 1) limiter.answered('a.test');
    await vi.advanceTimersByTimeAsync(10_000);
    const fast = times(limiter, 2);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(fast).toEqual([0, 500]);
  });

  it('takes a host for down after five failures in a row', () => {
    const limiter = limiterOf(1, 1);
    for (let failures = 0; failures < 4; failures += 1) limiter.failed('a.test', 'gone');
    expect(limiter.isFailing('a.test')).toBe(false);
    limiter.failed('a.test', 'gone');
    expect(limiter.isFailing('a.test')).toBe(true);
    limiter.answered('a.test');
    expect(limiter.isFailing('a.test')).toBe(false);
  });

  it('asks nothing of a host that failed ten times in a row, then tries it once at a time', async () => {
    const opened: string[] = [];
    const limits = { requestsPerSecond: 1_000, concurrency: 2 };
    const limiter = new HostLimiter(limits, { now: () => Date.now(), onOpen: ({ message }) => opened.push(message) });
    const underWay = Promise.all([limiter.acquire('a.test', 0), limiter.acquire('a.test', 1)]);
    await vi.advanceTimersByTimeAsync(10);
    const releases = await underWay;
    const waiting = limiter.acquire('a.test', 2);
    for (let failures = 0; failures < 10; failures += 1) limiter.failed('a.test', 'gone');
    await expect(waiting).rejects.toThrow(HostDownError);
    await expect(limiter.acquire('a.test', 3)).rejects.toMatchObject({
      message: "a.test failed again and again and isn't asked for 30 s",
      reason: 'gone',
    });
    for (const release of releases) release();
    const others = times(limiter, 1, 'b.test');
    await vi.advanceTimersByTimeAsync(30_000);
    const tries = times(limiter, 2);
    await vi.advanceTimersByTimeAsync(5);
    expect([others.length, tries.length]).toEqual([1, 2]);
    limiter.failed('a.test', 'still gone');
    await expect(limiter.acquire('a.test', 4)).rejects.toThrow("isn't asked for 60 s");
    await vi.advanceTimersByTimeAsync(60_000);
    limiter.answered('a.test');
    expect(limiter.isFailing('a.test')).toBe(false);
    expect(opened).toHaveLength(2);
  });

  it('asks less of a host whose answers take ever longer, and as much as before once they do not', async () => {
    const limiter = limiterOf(10, 4);
    for (let answers = 0; answers < 20; answers += 1) limiter.answered('a.test', 50);
    for (let answers = 0; answers < 40; answers += 1) limiter.answered('a.test', 3_000);
    const slow = times(limiter, 4);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(slow.at(-1)! - slow[0]!).toBeGreaterThan(1_500);
    for (let answers = 0; answers < 60; answers += 1) limiter.answered('a.test', 50);
    await vi.advanceTimersByTimeAsync(10_000);
    const fast = times(limiter, 4);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(fast).toEqual([0, 100, 200, 300]);
  });

  it('sends no more at once over all hosts than is allowed, the earliest in the crawl first', async () => {
    const limiter = new HostLimiter({ requestsPerSecond: 1_000, concurrency: 2 }, { concurrency: 1, now: () => Date.now() });
    const first = await limiter.acquire('a.test', 0);
    const going: string[] = [];
    for (const [host, order] of [
      ['b.test', 9],
      ['c.test', 3],
      ['d.test', 5],
    ] as const) {
      void limiter.acquire(host, order).then((release) => {
        going.push(host);
        return release();
      });
    }
    await vi.advanceTimersByTimeAsync(50);
    expect(going).toEqual([]);
    first();
    await vi.advanceTimersByTimeAsync(50);
    expect(going).toEqual(['c.test', 'd.test', 'b.test']);
  });

  it('does not grow with the number of hosts that were asked once', async () => {
    const limiter = limiterOf(1000, 1);
    for (let host = 0; host < 10_000; host += 1) {
      const release = await limiter.acquire(`${host}.test`, 0);
      release();
      if (host % 1000 === 0) vi.setSystemTime(Date.now() + 1000);
    }
    expect(limiter.hosts).toBeLessThan(6_000);
    limiter.close();
  });
});
