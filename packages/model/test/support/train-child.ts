// Trains in a process of its own that can be killed: node … train-child.ts '{"options": TrainOptions, "killAtStep"?, "killAtCheckpoint"?}'
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import type { TrainOptions } from '@wenlan/model';

interface Order {
  options: Omit<TrainOptions, 'onProgress' | 'signal'>;
  /** Dies as soon as this step is logged. */
  killAtStep?: number;
  /** Dies when the checkpoint of this step is written but not yet renamed. */
  killAtCheckpoint?: number;
}

const { options, killAtStep, killAtCheckpoint } = JSON.parse(process.argv[2]!) as Order;
const die = (): void => process.kill(process.pid, 'SIGKILL') as unknown as void;

if (killAtCheckpoint !== undefined) {
  const { rename } = fs.promises;
  fs.promises.rename = async (from, to) => {
    if (String(to).endsWith(`step-${String(killAtCheckpoint).padStart(8, '0')}`)) die();
    return rename(from, to);
  };
  syncBuiltinESMExports();
}
const { train } = await import('@wenlan/model');
const summary = await train({
  ...options,
  onProgress: (progress) => {
    if (progress.type === 'step' && progress.step === killAtStep) die();
  },
});
const tensorFlowLoaded = fs.readFileSync('/proc/self/maps', 'utf8').includes('libtensorflow');
process.stdout.write(JSON.stringify({ summary, tensorFlowLoaded }));
