import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { train, type TrainOptions, type TrainSummary } from '@wenlan/model';

/** How training is to come to an end before its end. */
export interface Ending {
  /** Dies as soon as this step is logged. */
  killAtStep?: number;
  /** Dies when the checkpoint of this step is written but not yet renamed. */
  killAtCheckpoint?: number;
  /** Aborts its signal as soon as this step is logged. */
  abortAtStep?: number;
}

const die = (): void => process.kill(process.pid, 'SIGKILL') as unknown as void;
const { rename } = fs.promises;

/** Trains in this process, which may not live to see the end. */
export async function trainToTheEnd(
  options: TrainOptions,
  { killAtStep, killAtCheckpoint, abortAtStep }: Ending = {},
): Promise<TrainSummary> {
  fs.promises.rename = async (from, to) => {
    if (killAtCheckpoint !== undefined && String(to).endsWith(`step-${String(killAtCheckpoint).padStart(8, '0')}`)) die();
    return rename(from, to);
  };
  syncBuiltinESMExports();
  const controller = new AbortController();
  return await train({
    ...options,
    signal: controller.signal,
    onProgress: (progress) => {
      if (progress.type !== 'step') return;
      if (progress.step === killAtStep) die();
      if (progress.step === abortAtStep) controller.abort();
    },
  });
}
