import { join } from 'node:path';
import { trainBatches } from './batches.ts';
import type { BriVLConfig } from './brivl.ts';
import { openNewestCheckpoint, saveCheckpoint } from './checkpoint.ts';
import { MetricsLog, readMetrics } from './metrics-log.ts';
import { createObjective } from './create-objective.ts';
import { setGradientCheckpointing } from './gradient-checkpointing.ts';
import { discardRun } from './run-record.ts';
import { learningRateAt } from './schedule.ts';
import type { Tokenizer } from './tokenizer.ts';
import type { ResolvedTrainConfig } from './train-config.ts';
import type { TrainProgress } from './train-progress.ts';
import { type SavedState, TrainState } from './train-state.ts';
import { createTrainStep } from './train-step.ts';
import { validate } from './validation.ts';
import { initWeights } from './weights/init-weights.ts';

export interface TrainLoopOptions {
  data: string;
  out: string;
  config: ResolvedTrainConfig;
  model: BriVLConfig;
  tokenizer: Tokenizer;
  seed: number;
  workers: number;
  signal: AbortSignal;
  onProgress: (progress: TrainProgress) => void;
}

/**
 * The one training loop: whatever the objective is trained for, from the newest checkpoint on.
 * @returns the steps taken in all: fewer than asked for when the signal stopped it, with a checkpoint saved
 * @throws an error naming the step and its pairs if the loss is no finite number
 */
export async function trainLoop(options: TrainLoopOptions): Promise<number> {
  const { data, out, config, model, tokenizer, seed, workers, signal, onProgress } = options;
  const { steps, batchSize, textWeights } = config;
  const checkpoints = join(out, 'checkpoints');

  // parameters, optimizer and what the objective keeps, such as queues; as they were when the run was stopped
  const objective = createObjective({ model, config, tokenizer, seed });
  setGradientCheckpointing(objective.towers, config.gradientCheckpointing ?? false);
  const state = new TrainState(objective, config);
  const note = (sentence: string): void => onProgress({ type: 'note', sentence });
  const checkpoint = await openNewestCheckpoint<SavedState>(checkpoints, note);
  if (checkpoint === undefined) {
    await initWeights(objective, config, note).catch(async (error: unknown) => {
      state.dispose();
      await discardRun(out); // nothing was trained: the folder is free for other settings
      throw error;
    });
  } else {
    await state.restore(checkpoint);
    await checkpoint.tensors.close();
  }
  const trainStep = createTrainStep(state, config);
  const ranker = objective.ranker();
  const metrics = await MetricsLog.open(join(out, 'metrics.jsonl'), state.step);
  let best = config.keepBest ? await bestRecall(out, state.step) : Infinity;
  const batches = trainBatches({ data, side: model.side, config, tokenizer, seed, workers }, state.position);
  try {
    while (state.step < steps && !signal.aborted) {
      const askedAt = performance.now();
      const batch = (await batches.next()).value!;
      const startedAt = performance.now();

      // loss, gradients, clipping, AdamW; of BriVL also keys, momentum update, enqueue
      const learningRate = learningRateAt(state.step, { kind: config.schedule, ...config });
      const { loss, parts, gradientNorm } = await trainStep.take(batch, learningRate);
      const endedAt = performance.now();
      const step = ++state.step;
      state.position = { epoch: batch.position.epoch, batch: batch.position.batch + 1 };
      if (!Number.isFinite(loss)) {
        const ids = batch.pairs.map(({ id }) => id).join(', ');
        throw new Error(`The loss of step ${step} is ${loss}; lower train.learningRate, or look at its pairs: ${ids}.`);
      }

      const validation =
        step === steps || step % config.validateEverySteps === 0
          ? await validate(ranker, { data, textWeights, maxPairs: config.validationPairs, seed, workers })
          : null;
      const samplesPerSecond = (1000 * batchSize) / (endedAt - askedAt);
      const dataWaitShare = (startedAt - askedAt) / (endedAt - askedAt);
      await metrics.write({
        step,
        epoch: batch.position.epoch,
        loss,
        ...parts,
        gradientNorm,
        learningRate,
        samplesPerSecond,
        dataWaitShare,
        residentMegabytes: process.memoryUsage.rss() / 1e6,
        skippedPictures: batch.skipped.length,
        ...(validation === null ? {} : { validationRecallAt10: validation.recallAt10 }),
      });
      onProgress({ type: 'step', step, steps, loss, learningRate, samplesPerSecond, dataWaitShare });
      if (validation !== null) onProgress({ type: 'validation', step, ...validation });

      if (validation !== null && validation.recallAt10 > best) {
        best = validation.recallAt10;
        await saveCheckpoint(join(out, 'best'), step, await state.tensors(), state.saved());
      }
      if (step === steps || signal.aborted || step % config.checkpointEverySteps === 0) {
        await metrics.sync();
        await saveCheckpoint(checkpoints, step, await state.tensors(), state.saved());
        onProgress({ type: 'checkpoint', step });
      }
    }
    return state.step;
  } finally {
    await batches.return(undefined);
    await metrics.close();
    trainStep.dispose();
    ranker.dispose();
    state.dispose();
  }
}

/** The highest recall that the run has logged up to a step. */
async function bestRecall(out: string, step: number): Promise<number> {
  const logged = step === 0 ? [] : await readMetrics(join(out, 'metrics.jsonl'));
  return logged.reduce((best, { validationRecallAt10 = -Infinity }) => Math.max(best, validationRecallAt10), -Infinity);
}
