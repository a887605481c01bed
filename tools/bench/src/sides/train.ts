import { mkdtemp } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { loadEngine, tf } from '@wenlan/engine';
import { train, type TrainConfig } from '@wenlan/model';

/** Trains for a while, as `wenlan train` does: decoding, tokenizing and the step itself. Arguments: dataset, config, steps before the clock starts, `captured` or `eager`. */
const [data, config, warmup, mode] = process.argv.slice(2) as [string, string, string, 'captured' | 'eager'];
const settings = JSON.parse(config) as TrainConfig & { steps: number; batchSize: number };
const warmupSteps = Number(warmup);
if (mode === 'eager') await forgetThePatch();
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
    if (event.step === warmupSteps) startedAt = performance.now();
    if (event.step > warmupSteps) waitShare += event.dataWaitShare / (settings.steps - warmupSteps);
    if (event.step < settings.steps) return;
    const seconds = (performance.now() - startedAt) / 1000;
    const items = (settings.steps - warmupSteps) * settings.batchSize;
    const figures = { 'loss at the end': event.loss, 'waiting for data': `${(100 * waitShare).toFixed(1)} %` };
    process.stdout.write(`${JSON.stringify({ items, seconds, figures })}\n`, () => process.exit(0)); // the last checkpoint is no part of it
  },
});

/** Makes the binding look like one without our patch, on which steps run eagerly. */
async function forgetThePatch(): Promise<void> {
  await loadEngine();
  const backend = tf.backend() as tf.KernelBackend & { binding: object };
  backend.binding = Object.create(backend.binding, { inferOutputs: { value: undefined } }) as object;
}
