import { describe, expect, it } from 'vitest';
import { FetchFailure } from '../fetch/failure.ts';
import { MAX_ROBOTS_BYTES, RobotsCache } from './robots-cache.ts';
import type { RobotsAnswer } from './robots-cache.ts';

const URL_X = new URL('http://a.test/x');
const ok = (text: string): RobotsAnswer => ({ status: 200, body: Buffer.from(text) });

function cacheOf(answers: readonly RobotsAnswer[]): { cache: RobotsCache; asked: string[]; clock: { now: number } } {
  const asked: string[] = [];
  const clock = { now: 0 };
  const cache = new RobotsCache({
    product: 'wenlan',
    now: () => clock.now,
    fetch: async ({ href }) => {
      asked.push(href);
      return answers[Math.min(asked.length, answers.length) - 1]!;
    },
  });
  return { cache, asked, clock };
}

describe(RobotsCache, () => {
  it.each([
    ['rules', ok('User-agent: *\nDisallow: /x'), { allowed: false, outcome: 'robots', detail: 'robots.txt forbids it' }],
    ['no rules', ok(''), { allowed: true }],
    ['a page that is none', ok('<html>not found</html>'), { allowed: true }],
    ['404', { status: 404, body: Buffer.alloc(0) }, { allowed: true }],
    ['403', { status: 403, body: Buffer.alloc(0) }, { allowed: true }],
    ['too many redirects', new FetchFailure('redirect-loop', 'x'), { allowed: true }],
    [
      '500',
      new FetchFailure('http-5xx', 'status 500'),
      { allowed: false, outcome: 'robots', detail: "robots.txt can't be read (http-5xx), which forbids all" },
    ],
    ['429', new FetchFailure('rate-limited', 'status 429'), { allowed: false, outcome: 'robots' }],
    ['no connection', new FetchFailure('tcp', 'refused'), { allowed: false, outcome: 'tcp', detail: 'refused' }],
    ['no name', new FetchFailure('dns', 'ENOTFOUND'), { allowed: false, outcome: 'dns' }],
  ] as const)('%s', async (_, answer, verdict) => {
    expect(await cacheOf([answer]).cache.verdict(URL_X, 0)).toMatchObject(verdict);
  });

  it('asks once a day for an origin, for whoever waits at the same time, too', async () => {
    const { cache, asked, clock } = cacheOf([ok('User-agent: *\nDisallow: /x'), ok('')]);
    const verdicts = await Promise.all([
      cache.verdict(URL_X, 0),
      cache.verdict(URL_X, 1),
      cache.verdict(new URL('https://a.test/x'), 2),
    ]);
    expect(verdicts.map(({ allowed }) => allowed)).toEqual([false, false, true]);
    expect(asked).toEqual(['http://a.test/robots.txt', 'https://a.test/robots.txt']);
    clock.now = 24 * 3_600_000;
    const later = await Promise.all([cache.verdict(URL_X, 3), cache.verdict(URL_X, 4)]);
    expect(later.map(({ allowed }) => allowed)).toEqual([true, true]);
    expect(asked).toHaveLength(3);
  });

  it('asks again after ten minutes where it was not to be had', async () => {
    const { cache, asked, clock } = cacheOf([new FetchFailure('tcp', 'refused'), ok('')]);
    expect((await cache.verdict(URL_X, 0)).allowed).toBe(false);
    clock.now = 599_999;
    expect((await cache.verdict(URL_X, 0)).allowed).toBe(false);
    clock.now = 600_000;
    expect((await cache.verdict(URL_X, 0)).allowed).toBe(true);
    expect(asked).toHaveLength(2);
  });

  it('reads the whole lines of the first 500 KiB', async () => {
    const start = 'User-agent: *\nDisallow: /x\n';
    const rest = `Disallow: /${'y'.repeat(1_000)}\n`.repeat(600);
    const body = Buffer.from(start + rest).subarray(0, MAX_ROBOTS_BYTES);
    const { cache } = cacheOf([{ status: 200, body }]);
    expect((await cache.verdict(URL_X, 0)).allowed).toBe(false);
    // The half line at the cut would forbid this.
    expect((await cache.verdict(new URL(`http://a.test/${'y'.repeat(900)}`), 0)).allowed).toBe(true);
  });
});
