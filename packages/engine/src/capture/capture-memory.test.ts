import { beforeAll, expect, it } from 'vitest';
import { loadEngine, tf } from '../load.ts';
import { capture } from './capture.ts';

const MEGABYTE = 2 ** 20;
const CONSTANT_MEGABYTES = 8;

beforeAll(async () => {
  await loadEngine();
});

/** Captures a step whose program holds a constant of its own, runs it twice, and lets go of it. */
function captureAndDispose(): void {
  const constant = tf.randomUniform([CONSTANT_MEGABYTES * (MEGABYTE / 4)]);
  const step = capture((x: tf.Tensor) => tf.sum(tf.mul(x, constant)));
  const x = tf.ones([1]);
  for (let call = 0; call < 2; call++) step(x).dispose();
  step.dispose();
  tf.dispose([constant, x]);
  expect(step.programs).toBe(0);
}

it('a captured step gives its memory back when it is disposed of', () => {
  const rounds = 16;
  for (let round = 0; round < 4; round++) captureAndDispose();
  const before = process.memoryUsage.rss();
  for (let round = 0; round < rounds; round++) captureAndDispose();
  expect((process.memoryUsage.rss() - before) / MEGABYTE).toBeLessThan(rounds * CONSTANT_MEGABYTES);
});
