import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { FetchedPicture } from '../picture/fetch-picture.ts';
import { PicturePrefetch } from './picture-prefetch.ts';
import type { WantedPicture } from './picture-prefetch.ts';

const wanted = (name: string, referer = 'http://a.test/'): WantedPicture => ({
  url: new URL(`http://img.test/${name}`),
  referer,
});
const pictureOf = (bytes: number): FetchedPicture => ({
  outcome: 'ok',
  detail: null,
  bytes: Buffer.alloc(bytes),
  mime: 'image/png',
  width: 1,
  height: 1,
  sha256: null,
  robots: null,
  reservation: { directives: null, tdm: null },
  fetchedAt: 0,
  validator: null,
});

function prefetchOf(
  limits: { maxCount: number; maxBytes: number; maxUnderWay?: number },
  known: string[] = [],
): { prefetch: PicturePrefetch; asked: string[] } {
  const asked: string[] = [];
  const prefetch = new PicturePrefetch({
    maxUnderWay: 100,
    ...limits,
    isKnown: ({ pathname }) => known.includes(pathname.slice(1)),
    get: async ({ url }) => {
      asked.push(url.pathname.slice(1));
      return pictureOf(10);
    },
  });
  return { prefetch, asked };
}

describe(PicturePrefetch, () => {
  it('asks ahead for so many pictures, and for more as they are taken', async () => {
    const { prefetch, asked } = prefetchOf({ maxCount: 3, maxBytes: 1e9 });
    prefetch.want(
      ['1', '2', '3', '4', '5', '6'].map((name) => wanted(name)),
      0,
    );
    expect(asked).toEqual(['1', '2', '3']);
    await prefetch.take(wanted('1'), 0);
    await prefetch.take(wanted('2'), 0);
    await prefetch.take(wanted('3'), 0);
    expect(asked).toEqual(['1', '2', '3', '4', '5']);
    expect(prefetch.taken).toBe(3);
  });

  it('and for so many bytes', async () => {
    const { prefetch, asked } = prefetchOf({ maxCount: 2, maxBytes: 15 });
    prefetch.want(
      ['1', '2', '3', '4'].map((name) => wanted(name)),
      0,
    );
    await setImmediate();
    prefetch.drop(wanted('2').url);
    await setImmediate();
    expect(asked).toEqual(['1', '2', '3']);
    await prefetch.take(wanted('1'), 0);
    await prefetch.take(wanted('3'), 0);
    expect(asked).toEqual(['1', '2', '3', '4']);
  });

  it('and has so many under way', async () => {
    const { prefetch, asked } = prefetchOf({ maxCount: 4, maxBytes: 1e9, maxUnderWay: 2 });
    prefetch.want(
      ['1', '2', '3', '4', '5'].map((name) => wanted(name)),
      0,
    );
    expect(asked).toEqual(['1', '2']);
    await setImmediate();
    expect(asked).toEqual(['1', '2', '3', '4']);
  });

  it('what is wanted now does not wait for that', async () => {
    const { prefetch, asked } = prefetchOf({ maxCount: 1, maxBytes: 1 });
    prefetch.want(
      ['1', '2'].map((name) => wanted(name)),
      0,
    );
    await prefetch.take(wanted('9'), 0);
    expect(asked).toEqual(['1', '9']);
  });

  it('prefers the pages that come first', async () => {
    const { prefetch, asked } = prefetchOf({ maxCount: 1, maxBytes: 1e9 });
    prefetch.want([wanted('a1'), wanted('a2')], 5);
    prefetch.want([wanted('b1')], 7);
    prefetch.want([wanted('c1'), wanted('c2')], 3);
    for (const name of ['a1', 'c1', 'c2', 'a2', 'b1']) await prefetch.take(wanted(name), 0);
    expect(asked).toEqual(['a1', 'c1', 'c2', 'a2', 'b1']);
  });

  it('asks once for what several pages want, and not for what is known', () => {
    const { prefetch, asked } = prefetchOf({ maxCount: 10, maxBytes: 1e9 }, ['old']);
    prefetch.want([wanted('1'), wanted('old')], 0);
    prefetch.want([wanted('1'), wanted('1', 'http://b.test/')], 1);
    expect(asked).toEqual(['1']);
  });

  it('has not asked again for what was just taken', async () => {
    const known: string[] = [];
    const { prefetch, asked } = prefetchOf({ maxCount: 1, maxBytes: 1e9 }, known);
    prefetch.want([wanted('1')], 0);
    prefetch.want([wanted('1'), wanted('2')], 1);
    await prefetch.take(wanted('1'), 0);
    known.push('1');
    await prefetch.take(wanted('2'), 1);
    expect(asked).toEqual(['1', '2']);
  });

  it('asks again if whoever comes first sends another Referer', async () => {
    const { prefetch, asked } = prefetchOf({ maxCount: 10, maxBytes: 1e9 });
    prefetch.want([wanted('1')], 1);
    await prefetch.take(wanted('1', 'http://b.test/'), 0);
    expect(asked).toEqual(['1', '1']);
  });

  it('an error goes to whoever takes it', async () => {
    const prefetch = new PicturePrefetch({
      maxUnderWay: 100,
      maxCount: 2,
      maxBytes: 1,
      isKnown: () => false,
      get: () => Promise.reject(new Error('broken')),
    });
    prefetch.want([wanted('1'), wanted('2')], 0);
    await setImmediate();
    await expect(prefetch.take(wanted('1'), 0)).rejects.toThrow('broken');
  });
});
