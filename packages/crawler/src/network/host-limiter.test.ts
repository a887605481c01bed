import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HostLimiter } from './host-limiter.ts';

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
