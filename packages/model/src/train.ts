import { join } from 'node:path';
import { ALONE, type Group } from '@wenlan/engine';
import { Interrupted } from './interrupted.ts';
import { readMetrics } from './metrics-log.ts';
import { loadTraining, openTraining } from './open-training.ts';
import { onFirstRank } from './ranks/on-every-rank.ts';
import { discardUnbegun, type TrainSummary, writeRun } from './run-record.ts';
import type { TrainConfig } from './train-config.ts';
import type { TrainProgress } from './train-progress.ts';
import { summarize } from './train-summary.ts';
import { trainLoop } from './trainer.ts';

/** What is trained, on what, and where the run goes. */
export interface TrainOptions {
  /** Location of a clean dataset with the splits `train` and, if it is to be validated, `validation`. */
  data: string;
  /** Folder of the run: run.json, vocab.txt, metrics.jsonl, checkpoints/. */
  out: string;
  config: TrainConfig;
  seed: number;
  /** Threads that decode pictures; they change the speed and nothing else. */
  workers?: number;
  /** Told after each step. */
  onProgress?: (progress: TrainProgress) => void;
  /** Once aborted, the step in flight is finished and a checkpoint saved; with several ranks, on all of them after the same step. */
  signal?: AbortSignal;
  /**
   * The ranks that train together, each process with the same options; this process alone unless told. A batch is shared by all, and the
   * first one keeps the run: the others don't look at `out`. It is the caller who leaves the group.
   */
  group?: Group;
}

/**
 * Trains a BriVL with cross-modal MoCo on a dataset, or goes on with the run that lies in `out`: one that was killed at any moment
 * gives bit for bit the losses and weights of one that never was. A finished run is only reported; that takes no TensorFlow. Of several
 * ranks all come to the same, with the same losses and weights bit for bit.
 * @throws UserError for settings, data or a folder that don't fit; before the first step the folder is then free for other settings
 * @throws Interrupted when the signal stopped it
 */
export async function train(options: TrainOptions): Promise<TrainSummary> {
  const { data, out, seed, workers = 0, onProgress = () => {}, signal = new AbortController().signal, group = ALONE } = options;
  const opened = await openTraining(options, group);
  if (opened.run.summary !== undefined) return opened.run.summary;

  try {
    const { config, model } = opened;
    const { run, tokenizer } = await loadTraining(options, opened, group);
    onProgress({ type: 'vocabulary', tokens: tokenizer.vocabularySize });
    const { step, finished } = await trainLoop({ data, out, seed, workers, onProgress, signal, config, model, tokenizer, group });
    if (!finished) {
      throw new Interrupted(`Interrupted after step ${step} of ${config.steps}; run the same command again to go on from there.`);
    }
    return await onFirstRank(group, async () => {
      const summary = summarize(await readMetrics(join(out, 'metrics.jsonl')), config.batchSize);
      await writeRun(out, { ...run, summary });
      return summary;
    });
  } catch (error) {
    if (group.rank === 0) await discardUnbegun(out, error);
    throw error;
  }
}
