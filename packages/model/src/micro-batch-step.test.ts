import { loadEngine, tf } from '@wenlan/engine';
import { beforeAll, describe, expect, it } from 'vitest';
import { FIXED, MICRO } from '../test/support/micro.ts';
import { steps } from '../test/support/steps.ts';
import type { TrainConfig } from './train-config.ts';

const CONFIG: TrainConfig = { model: FIXED, batchSize: 8, queueSize: 16, learnTemperature: true, learningRate: 1e-2 };

beforeAll(async () => {
  await loadEngine();
});

describe('a step in micro-batches', { timeout: 600_000 }, () => {
  async function run(config: TrainConfig): Promise<{ losses: number[]; norms: number[]; tensors: Map<string, number[]> }> {
    const trained = steps(config);
    const reports = await trained.take(3);
    const tensors = new Map((await trained.state.tensors()).map(({ name, data }) => [name, [...(data as Float32Array)]]));
    trained.dispose();
    return { losses: reports.map(({ loss }) => loss), norms: reports.map(({ gradientNorm }) => gradientNorm), tensors };
  }

  // plain SGD, since Adam would divide rounding by rounding where a gradient is 0
  const config: TrainConfig = { ...CONFIG, optimizer: 'sgd' };
  let wanted: Awaited<ReturnType<typeof run>>;
  beforeAll(async () => {
    wanted = await run(config);
  });

  it.each([2, 4, 8])('of %i equals the step over the batch at once', async (microBatchSize) => {
    const found = await run({ ...config, microBatchSize });
    found.losses.forEach((loss, step) => expect(Math.abs(loss - wanted.losses[step]!)).toBeLessThan(1e-5));
    found.norms.forEach((norm, step) => expect(Math.abs(norm / wanted.norms[step]! - 1)).toBeLessThan(1e-4));
    expect([...found.tensors.keys()]).toEqual([...wanted.tensors.keys()]);
    for (const [name, values] of wanted.tensors) {
      const others = found.tensors.get(name)!;
      const worst = values.reduce((most, value, index) => Math.max(most, Math.abs(value - others[index]!)), 0);
      expect(worst, name).toBeLessThan(5e-6);
    }
  });

  it('trains batch norm and dropout as well, moves each statistic once a micro-batch, and leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    const trained = steps({ ...CONFIG, model: MICRO, microBatchSize: 4, gradientCheckpointing: true, learningRate: 1e-7 });
    const first = await trained.take(2);
    const tensors = tf.memory().numTensors;
    const later = await trained.take(3);
    expect(tf.memory().numTensors).toBe(tensors);
    expect(first.concat(later).every(({ loss }) => Number.isFinite(loss))).toBe(true);
    const [query, key] = trained.objective.towers
      .slice(0, 2)
      .map(({ store }) => [...store.get('backbone.bn1.running_mean').dataSync()]);
    // at this rate the stem is the same in both towers, and so is what it has seen, if each has looked as often
    query!.forEach((value, channel) => expect(value).toBeCloseTo(key![channel]!, 4));
    trained.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
