import { mkdtemp } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { train, type TrainConfig } from '@wenlan/model';

/** Trains for a while, as `wenlan train` does: decoding, tokenizing and the step itself. Arguments: dataset, config, steps before the clock starts. */
const [data, config, warmupSteps] = process.argv.slice(2) as [string, string, string];
const settings = JSON.parse(config) as TrainConfig & { steps: number; batchSize: number };
let startedAt = 0;
let waitShare = 0;
await train({
  data,
  out: await mkdtemp(join(dirname(data), 'run-')),
  config: settings,
  seed: 1,
  workers: 1,
  onProgress: (event) => {
    if (event.type !== 'step') return;
    if (event.step === Number(warmupSteps)) startedAt = performance.now();
    if (event.step > Number(warmupSteps)) waitShare += event.dataWaitShare / (settings.steps - Number(warmupSteps));
    if (event.step < settings.steps) return;
    const seconds = (performance.now() - startedAt) / 1000;
    const items = (settings.steps - Number(warmupSteps)) * settings.batchSize;
    const figures = { 'loss at the end': event.loss, 'waiting for data': `${(100 * waitShare).toFixed(1)} %` };
    process.stdout.write(`${JSON.stringify({ items, seconds, figures })}\n`, () => process.exit(0)); // the last checkpoint is no part of it
  },
});
