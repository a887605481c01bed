import { join } from 'node:path';
import { codeSha256, type Group } from '@wenlan/engine';
import { trainBatches } from './batches.ts';
import { beginTraining } from './begin-training.ts';
import type { BriVLConfig } from './brivl.ts';
import { saveCheckpoint } from './checkpoint.ts';
import { MetricsLog } from './metrics-log.ts';
import { MocoObjective } from './moco/moco-objective.ts';
import { explainOutOfMemory } from './out-of-memory.ts';
import { keepTogether } from './ranks/keep-together.ts';
import { onEveryRank, onFirstRank } from './ranks/on-every-rank.ts';
import { learningRateAt } from './schedule.ts';
import { TextFeatures } from './text-features/text-features.ts';
import type { Tokenizer } from './tokenizer.ts';
import type { ResolvedTrainConfig } from './train-config.ts';
import { readHistory, TrainHistory } from './train-history.ts';
import type { TrainProgress } from './train-progress.ts';
import type { TrainState } from './train-state.ts';
import { createTrainStep, type StepLosses } from './train-step.ts';
import { validate } from './validation.ts';

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
  /** The ranks that train together; the first one keeps the run. */
  group: Group;
}

/**
 * The one training loop: whatever the objective is trained for, from the newest checkpoint on, on one rank or in step on several.
 * @returns the steps taken in all, and whether training is over: not when the signal stopped it, with a checkpoint saved
 * @throws an error naming the step and its pairs if the loss is no finite number, or jumps
 */
export async function trainLoop(options: TrainLoopOptions): Promise<{ step: number; finished: boolean }> {
  const { data, out, config, model, tokenizer, seed, workers, signal, onProgress, group } = options;
  const { steps, batchSize, textWeights, keepBest = false } = config;
  const note = (sentence: string): void => onProgress({ type: 'note', sentence });

  const state = await beginTraining(options);
  const save = (root: string): Promise<void> =>
    onFirstRank(group, async () => saveCheckpoint(root, state.step, await state.tensors(), state.saved()));
  const textFeatures = await openTextFeatures(state, options);
  const key = JSON.stringify([codeSha256(import.meta.dirname), config, model]);
  const trainStep = createTrainStep(state, config, group, { folder: join(out, 'programs'), key });
  const ranker = state.objective.ranker();
  const history = new TrainHistory(config, await onFirstRank(group, () => readHistory(out, state.step)));
  const metrics = group.rank === 0 ? await MetricsLog.open(join(out, 'metrics.jsonl'), state.step) : undefined;
  const batches = trainBatches({ data, side: model.side, config, tokenizer, seed, workers, textFeatures, group }, state.position);
  const isOver = (): boolean => state.step === steps || history.hasStalled;
  const isAborted = async (): Promise<boolean> => (await onEveryRank(group, async () => signal.aborted)).includes(true);
  try {
    let ends = isOver() || (await isAborted());
    while (!ends) {
      const askedAt = performance.now();
      const batch = (await batches.next()).value!;
      const startedAt = performance.now();

      // loss, gradients, their mean over the ranks, clipping, optimizer; of BriVL also keys, momentum update, enqueue
      const learningRate = learningRateAt(state.step, { kind: config.schedule, ...config });
      const take = async (): Promise<StepLosses> => await trainStep.take(batch, learningRate);
      const { loss, parts, gradientNorm } = await explainOutOfMemory(state.step + 1, config, take, group.size);
      const endedAt = performance.now();
      const step = ++state.step;
      state.position = { epoch: batch.position.epoch, batch: batch.position.batch + 1 };
      history.checkLoss(step, loss, batch);

      const validation =
        step === steps || step % config.validateEverySteps === 0
          ? await onFirstRank(group, () =>
              validate(ranker, { data, textWeights, maxPairs: config.validationPairs, seed, workers }),
            )
          : null;
      const isBest = validation !== null && validation.recallAt10 > history.bestRecall;
      const samplesPerSecond = (1000 * batchSize) / (endedAt - askedAt);
      const dataWaitShare = (startedAt - askedAt) / (endedAt - askedAt);
      const measured = {
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
      };
      history.add(measured);
      await metrics?.write(measured);
      onProgress({ type: 'step', step, steps, loss, learningRate, samplesPerSecond, dataWaitShare });
      if (validation !== null) onProgress({ type: 'validation', step, ...validation });

      ends = isOver() || (await isAborted());
      if (isBest && keepBest) await save(join(out, 'best'));
      if (ends || step % config.checkpointEverySteps === 0) {
        if (await keepTogether(group, state))
          note(`The ranks held different bits after step ${step}; all have those of rank 0 now.`);
        await metrics?.sync();
        await save(join(out, 'checkpoints'));
        onProgress({ type: 'checkpoint', step });
      }
    }
    return { step: state.step, finished: isOver() };
  } finally {
    await batches.return(undefined);
    await metrics?.close();
    await textFeatures?.close();
    trainStep.dispose();
    ranker.dispose();
    state.dispose();
  }
}

/** Only BriVL runs frozen layers apart from the rest. */
async function openTextFeatures(state: TrainState, options: TrainLoopOptions): Promise<TextFeatures | undefined> {
  const { objective } = state;
  if (!(objective instanceof MocoObjective)) return undefined;
  const { out, onProgress } = options;
  const note = (sentence: string): void => onProgress({ type: 'note', sentence });
  try {
    return await TextFeatures.open(out, { ...options, text: objective.text }, note);
  } catch (error) {
    state.dispose();
    throw error;
  }
}
