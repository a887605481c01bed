import { describe, expect, it } from 'vitest';
import { simulateCrawl, type SimulatedCrawl, uniform, zipf } from '../tools/simulate/simulate-crawl.ts';

const EVEN: SimulatedCrawl = {
  urls: 20_000,
  hosts: 100,
  exponent: 0,
  requestsPerSecond: 2,
  serviceMillis: 100,
  failingShare: 0,
  retries: 3,
  retryMillis: 500,
  bytesPerPicture: 100_000,
  picturesPerSecond: 1_000,
  bytesPerSecond: 1e9,
  machines: 1,
  parts: 1,
  partsAtOnce: 1,
  seed: 1,
};

/** Seconds, as a share of what it should be. */
const ratio = (changed: Partial<SimulatedCrawl>, expected: number): number =>
  simulateCrawl({ ...EVEN, ...changed }).seconds / expected;

describe('a simulated crawl', () => {
  it('is bound by its machine where the hosts bear more', () => {
    expect(ratio({ requestsPerSecond: 1_000 }, 20_000 / 1_000)).toBeCloseTo(1, 1);
  });

  it('by its network where pictures are large', () => {
    expect(ratio({ requestsPerSecond: 1_000, bytesPerSecond: 20e6 }, 20_000 / 200)).toBeCloseTo(1, 1);
  });

  it('by its one host', () => {
    expect(ratio({ hosts: 1, urls: 2_000 }, 1_000)).toBeCloseTo(1, 2);
  });

  it('by the host that most pictures lie on', () => {
    const share = 1 / Array.from({ length: 100 }, (_, rank) => 1 / (rank + 1)).reduce((sum, each) => sum + each, 0);
    expect(ratio({ exponent: 1 }, (20_000 * share) / 2)).toBeCloseTo(1, 1);
  });

  it('takes as much longer as more attempts are made', () => {
    const { requests, seconds } = simulateCrawl({
      ...EVEN,
      requestsPerSecond: 1_000,
      serviceMillis: 1,
      retryMillis: 1,
      failingShare: 0.5,
    });
    expect(requests / 20_000).toBeCloseTo(1.875, 1);
    expect(seconds / 37.5).toBeCloseTo(1, 1);
  });

  it('is dealt to machines, as far as its longest part allows', () => {
    const dealt = { parts: 64, requestsPerSecond: 1_000, hosts: 5_000 };
    expect(ratio({ ...dealt, machines: 4 }, 5)).toBeCloseTo(1, 0);
    const { seconds, longestPartSeconds } = simulateCrawl({ ...EVEN, ...dealt, machines: 64 });
    expect(seconds).toBe(longestPartSeconds);
  });

  it('draws hosts by their ranks', () => {
    const draw = zipf(3, 1, uniform(1));
    const counts = [0, 0, 0];
    for (let n = 0; n < 11_000; n++) counts[draw()]! += 1;
    expect(counts.map((count) => Math.round(count / 1_000))).toEqual([6, 3, 2]);
  });
});
