import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeColourPairs } from '../test/support/colour-pairs.ts';
import { MICRO } from '../test/support/micro.ts';
import { readMetrics } from './metrics-log.ts';
import { train } from './train.ts';
import type { TrainConfig } from './train-config.ts';
import type { TrainSummary } from './run-record.ts';

const CONFIG: TrainConfig = {
  model: MICRO,
  steps: 6,
  batchSize: 8,
  queueSize: 16,
  queueWarmupSteps: 2,
  warmupSteps: 2,
  textBuckets: [16],
  vocabulary: { minCount: 1 },
  checkpointEverySteps: 100,
  validateEverySteps: 100,
};

// several trainings each: on a busy machine that takes its time
describe('each way to train, interrupted and gone on with, gives the same bits', { timeout: 600_000 }, () => {
  let folder: string;
  let data: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wenlan-variants-'));
    data = join(folder, 'clean');
    await writeColourPairs(data, { train: 35, validation: 12 });
  });

  interface Outcome {
    summary: TrainSummary;
    losses: number[];
    weights: string;
  }

  /** @param interruptAt the step after which it is interrupted and started again */
  async function outcomeOf(name: string, config: TrainConfig, interruptAt?: number): Promise<Outcome> {
    const out = join(folder, name);
    const options = { data, out, config, seed: 7 };
    if (interruptAt !== undefined) {
      const controller = new AbortController();
      const stopped = train({
        ...options,
        signal: controller.signal,
        onProgress: (progress) => {
          if (progress.type === 'step' && progress.step === interruptAt) controller.abort();
        },
      });
      await expect(stopped).rejects.toThrow(`Interrupted after step ${interruptAt}`);
    }
    const { seconds: _, samplesPerSecond: __, ...summary } = await train(options);
    const losses = (await readMetrics(join(out, 'metrics.jsonl'))).map(({ loss }) => loss);
    const newest = (await readdir(join(out, 'checkpoints'))).sort().at(-1)!;
    const state = await readFile(join(out, 'checkpoints', newest, 'state.json'), 'utf8');
    return { summary: summary as TrainSummary, losses, weights: /"sha256":"(\w+)"/.exec(state)![1]! };
  }

  it.each<[string, TrainConfig]>([
    [
      'SGD with groups and milestones',
      {
        optimizer: 'sgd',
        learningRate: 0.05,
        schedule: 'step',
        milestones: [2, 4],
        parameterGroups: [{ names: 'textencoder.*', learningRateFactor: 0.5, weightDecay: 0 }],
      },
    ],
    ['micro-batches', { microBatchSize: 4, learnTemperature: true }],
    ['bf16 and gradient checkpointing', { precision: 'bf16', gradientCheckpointing: true }],
  ])('%s', async (name, change) => {
    const config = { ...CONFIG, ...change };
    const whole = await outcomeOf(`${name} whole`, config);
    expect(whole.losses).toHaveLength(6);
    expect(await outcomeOf(name, config, 3)).toEqual(whole);
  });

  it('early stop, which the resumed run comes to at the same step', async () => {
    // a rate of nearly nothing: no validation brings more than the first
    const config = { ...CONFIG, learningRate: 1e-12, earlyStopValidations: 2, validateEverySteps: 2, steps: 40 };
    const whole = await outcomeOf('stalled whole', config);
    expect(whole.summary.steps).toBe(6); // validations after 2, 4 and 6 steps
    expect(await outcomeOf('stalled', config, 5)).toEqual(whole);
    // it is over: nothing is trained any more
    const again = await train({ data, out: join(folder, 'stalled'), config, seed: 7 });
    expect(again.steps).toBe(6);
  });

  it('refuses groups and layers that nothing fits, and leaves the folder free', async () => {
    const out = join(folder, 'refused');
    const options = { data, out, seed: 7 };
    const groups = { ...CONFIG, parameterGroups: [{ names: 'image.*' }] };
    await expect(train({ ...options, config: groups })).rejects.toThrow('train.parameterGroups.0.names is "image.*"');
    const layers = { ...CONFIG, gradientCheckpointing: ['blocks.1'] };
    await expect(train({ ...options, config: layers })).rejects.toThrow('train.gradientCheckpointing names blocks.1');
    expect((await readdir(out)).filter((name) => name === 'run.json')).toEqual([]);
  });
});
