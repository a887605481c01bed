import { loadEngine, tf } from '@wenlan/engine';
import { beforeAll, expect, it } from 'vitest';
import { keyBoxMask } from './key-box-mask.ts';

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
  tf.tidy(() => keyBoxMask(tf.tensor2d(ROWS), batchShuffle, [7, step]).arraySync());

it('are those of the pictures themselves, but of other pictures as the released code shuffles', () => {
  expect(maskOf('none', 0)).toEqual(ROWS);
  expect(maskOf('complete', 0)).toEqual(ROWS);
  const steps = [0, 1, 2, 3].map((step) => maskOf('released', step));
  for (const mask of steps) expect((mask as number[][]).map(String).sort()).toEqual(ROWS.map(String).sort());
  expect(new Set(steps.map(String)).size).toBeGreaterThan(1);
  expect(maskOf('released', 2)).toEqual(steps[2]);
});
