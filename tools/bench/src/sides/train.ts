import { loadEngine, tf } from '@wenlan/engine';
import { timedTraining } from '../timed-training.ts';

/** Trains for a while. Arguments: dataset, config, steps before the clock starts, `captured` or `eager`. */
const [data, config, warmup, mode] = process.argv.slice(2) as [string, string, string, 'captured' | 'eager'];
if (mode === 'eager') await forgetThePatch();
await timedTraining({
  data,
  config: JSON.parse(config) as { steps: number; batchSize: number },
  warmupSteps: Number(warmup),
  onMeasured: (measurement) => process.stdout.write(`${JSON.stringify(measurement)}\n`, () => process.exit(0)),
});

/** Makes the binding look like one without our patch, on which steps run eagerly. */
async function forgetThePatch(): Promise<void> {
  await loadEngine();
  const backend = tf.backend() as tf.KernelBackend & { binding: object };
  backend.binding = Object.create(backend.binding, { inferOutputs: { value: undefined } }) as object;
}
