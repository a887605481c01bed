import { capture, loadEngine, tf } from '@wenlan/engine';
import { beforeAll, describe, expect, it } from 'vitest';
import { explainOutOfMemory, memoryMend } from './out-of-memory.ts';
import { parseTrainConfig } from './parse-train-config.ts';
import type { TrainConfig } from './train-config.ts';

beforeAll(async () => {
  await loadEngine();
});

describe(explainOutOfMemory, () => {
  it('says how much was asked for, and what to lower', async () => {
    const program = capture((column: tf.Tensor, row: tf.Tensor) => tf.sum(tf.mul(column, row))); // 4 TiB
    const inputs = [tf.ones([2 ** 20, 1]), tf.ones([1, 2 ** 20])] as const;
    const failed = explainOutOfMemory(7, parseTrainConfig({}), async () => await program(...inputs).data());
    await expect(failed).rejects.toThrow(
      /^Memory ran out in step 7: 4096\.0 GiB for a tensor of \[1048576, 1048576\] can't be had \(the process holds \d+\.\d of \d+\.\d GiB\); set train\./,
    );
    await expect(failed).rejects.toMatchObject({ code: 'OUT_OF_MEMORY', exitStatus: 2 });
    program.dispose();
    tf.dispose([...inputs]);
  });

  it('lets other errors and results pass', async () => {
    const config = parseTrainConfig({});
    await expect(explainOutOfMemory(1, config, async () => Promise.reject(new Error('something else')))).rejects.toThrow(
      /^something else$/,
    );
    expect(await explainOutOfMemory(1, config, async () => Promise.resolve(5))).toBe(5);
  });
});

describe(memoryMend, () => {
  it.each<[TrainConfig, string]>([
    [
      { batchSize: 32 },
      'set train.gradientCheckpointing to true, set train.microBatchSize to 16 or less, or lower train.batchSize (32)',
    ],
    [
      { batchSize: 30, queueSize: 60, microBatchSize: 10, gradientCheckpointing: true },
      'set train.microBatchSize to 6 or less, or lower train.batchSize (30)',
    ],
    [{ batchSize: 8, objective: 'clip', gradientCheckpointing: true }, 'lower train.batchSize (8)'],
  ])('of %j', (settings, mend) => {
    expect(memoryMend(parseTrainConfig(settings))).toBe(mend);
  });

  it('of several ranks, each of which has its share of the batch', () => {
    expect(memoryMend(parseTrainConfig({ batchSize: 32, gradientCheckpointing: true }), 4)).toBe(
      'set train.microBatchSize to 4 or less, or lower train.batchSize (32)',
    );
  });
});
