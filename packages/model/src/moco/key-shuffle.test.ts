import { ALONE, loadEngine, tf } from '@wenlan/engine';
import { beforeAll, expect, it } from 'vitest';
import { KeyShuffle } from './key-shuffle.ts';

beforeAll(async () => {
  await loadEngine();
});

const ROWS = [
  [1, 0, 0],
  [1, 1, 0],
  [1, 1, 1],
  [0, 1, 1],
];

const maskOf = (batchShuffle: 'none' | 'complete' | 'released', step: number): unknown =>
  tf.tidy(() => {
    const shuffle = new KeyShuffle(ALONE, batchShuffle);
    return shuffle.ownBoxMask(tf.tensor2d(ROWS), shuffle.places(ROWS.length, [7, step])).arraySync();
  });

it('gives a single rank the masks of the pictures themselves, but of other pictures as the released code shuffles', () => {
  expect(maskOf('none', 0)).toEqual(ROWS);
  expect(maskOf('complete', 0)).toEqual(ROWS);
  const steps = [0, 1, 2, 3].map((step) => maskOf('released', step));
  for (const mask of steps) expect((mask as number[][]).map(String).sort()).toEqual(ROWS.map(String).sort());
  expect(new Set(steps.map(String)).size).toBeGreaterThan(1);
  expect(maskOf('released', 2)).toEqual(steps[2]);
});

it('deals each picture to one place of one rank, and knows where it went', () => {
  const ranks = [0, 1, 2].map((rank) => new KeyShuffle({ ...ALONE, rank, size: 3 }, 'complete'));
  const tables = ranks.map((shuffle) => tf.tidy(() => shuffle.places(4, [7, 1]).arraySync()));
  const pictureAt = tables.flatMap(([pictures]) => pictures!);
  const placeOf = tables.flatMap(([, places]) => places!);
  expect([...pictureAt].sort((left, right) => left - right)).toEqual(Array.from({ length: 12 }, (_, picture) => picture));
  expect(placeOf.map((place) => pictureAt[place])).toEqual(Array.from({ length: 12 }, (_, picture) => picture));
  const moved = placeOf.filter((place, picture) => Math.floor(place / 4) !== Math.floor(picture / 4));
  expect(moved.length).toBeGreaterThan(0);
});
