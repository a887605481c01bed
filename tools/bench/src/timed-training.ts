import { mkdtemp } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { train, type TrainConfig, type TrainOptions } from '@wenlan/model';
import type { Measurement } from './measurement.ts';

/** A run whose clock starts after some steps and stops at the last one: the last checkpoint is no part of it. */
export interface TimedTraining extends Pick<TrainOptions, 'data' | 'group'> {
  config: TrainConfig & { steps: number; batchSize: number };
  warmupSteps: number;
  /** Told at the last step. */
  onMeasured: (measurement: Measurement) => void;
}

/** Trains for a while, as `wenlan train` does: decoding, tokenizing and the step itself. */
export async function timedTraining({ data, config, warmupSteps, onMeasured, ...options }: TimedTraining): Promise<void> {
  const { steps, batchSize } = config;
  let startedAt = 0;
  let waitShare = 0;
  await train({
    data,
    out: await mkdtemp(join(dirname(data), 'run-')),
    config,
    seed: 1,
    workers: 1,
    ...options,
    onProgress: (event) => {
      if (event.type !== 'step') return;
      if (event.step === warmupSteps) startedAt = performance.now();
      if (event.step > warmupSteps) waitShare += event.dataWaitShare / (steps - warmupSteps);
      if (event.step < steps) return;
      const seconds = (performance.now() - startedAt) / 1000;
      const figures = { 'loss at the end': event.loss, 'waiting for data': `${(100 * waitShare).toFixed(1)} %` };
      onMeasured({ items: (steps - warmupSteps) * batchSize, seconds, figures });
    },
  });
}
