import { loadEngine, tf } from '@wenlan/engine';
import { beforeAll, describe, expect, it } from 'vitest';
import { steps } from '../test/support/steps.ts';

beforeAll(async () => {
  await loadEngine();
});

describe('training steps', { timeout: 600_000 }, () => {
  it('300 of tiny leak nothing', async () => {
    const before = tf.memory().numTensors;
    const run = steps({ model: 'tiny', batchSize: 2, queueSize: 16 });
    await run.take(50);
    const tensors = tf.memory().numTensors;
    const bytes = process.memoryUsage.rss();
    await run.take(250);
    expect(tf.memory().numTensors).toBe(tensors);
    expect(process.memoryUsage.rss() - bytes).toBeLessThan(64 * 2 ** 20);
    run.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('in bfloat16 give nearly the same losses', async () => {
    const losses = async (precision: 'float32' | 'bf16'): Promise<number[]> => {
      const run = steps({ precision, learningRate: 1e-3 });
      const reports = await run.take(12);
      run.dispose();
      return reports.map(({ loss }) => loss);
    };
    const [exact, rounded] = [await losses('float32'), await losses('bf16')];
    expect(rounded).not.toEqual(exact);
    rounded.forEach((loss, step) => expect(Math.abs(loss / exact[step]! - 1)).toBeLessThan(0.01));
  });
});
