import { UserError } from '@wenlan/shards';
import { checkQueueSize } from './moco/queues.ts';
import type { ResolvedTrainConfig } from './train-config.ts';

/** @throws UserError naming settings that are right by themselves but not together */
export function checkTrainConfig(config: ResolvedTrainConfig): void {
  checkWeights(config);
  if (config.objective === undefined) checkQueueSize(config.queueSize, config.batchSize);
  checkQueues(config);
  checkOptimizer(config);
  checkMicroBatches(config);
  checkAscending('textBuckets', 'lengths', config.textBuckets);
}

function checkWeights({ init, initImage, initText, objective }: ResolvedTrainConfig): void {
  if (init !== undefined && (initImage !== undefined || initText !== undefined)) {
    const second = initImage === undefined ? 'initText' : 'initImage';
    refuse(`train.init names weights of both towers already; remove it, or train.${second}.`);
  }
  if (objective?.kind === 'clip' && objective.image === 'frozen' && init === undefined && initImage === undefined) {
    refuse(
      'train.objective "clip-lit" freezes the image tower, which knows nothing yet; name weights for it in train.init or train.initImage.',
    );
  }
}

function checkQueues({ queueSize, negatives, queueWarmupSteps }: ResolvedTrainConfig): void {
  if (negatives !== 'queue') return;
  if (queueSize === 0) {
    refuse('train.queueSize is 0, but negatives "queue" are those of the queue; set negatives to "batch+queue".');
  }
  if (queueWarmupSteps > 0) {
    refuse(
      `train.queueWarmupSteps is ${queueWarmupSteps}, but without the queue train.negatives "queue" has none; set it to 0, or negatives to "batch+queue".`,
    );
  }
}

function checkOptimizer({ schedule, milestones = [], optimizer, sgdMomentum }: ResolvedTrainConfig): void {
  if ((schedule === 'step') !== milestones.length > 0) {
    refuse('train.milestones goes with train.schedule "step", and the other way round; set both or neither.');
  }
  checkAscending('milestones', 'steps', milestones);
  if (sgdMomentum !== undefined && optimizer !== 'sgd') {
    refuse('train.sgdMomentum is of the optimizer "sgd"; remove it, or set train.optimizer to "sgd".');
  }
}

function checkMicroBatches({ batchSize, microBatchSize, objective }: ResolvedTrainConfig): void {
  if (microBatchSize === undefined) return;
  if (objective !== undefined) refuse(`train.microBatchSize is of the objective "brivl", not of "${objective.kind}"; remove it.`);
  if (batchSize % microBatchSize === 0) return;
  const divisor = largestDivisor(batchSize, microBatchSize);
  refuse(
    `train.microBatchSize is ${microBatchSize}, by which train.batchSize ${batchSize} doesn't divide; set it to ${divisor}.`,
  );
}

/** @throws UserError if so many ranks can't share the batches of these settings */
export function checkRanks({ batchSize, microBatchSize }: ResolvedTrainConfig, ranks: number): void {
  if (batchSize % ranks !== 0) {
    const nearest = Math.max(1, Math.round(batchSize / ranks)) * ranks;
    refuse(`train.batchSize is ${batchSize}, which ${ranks} ranks can't share; set it to ${nearest}, the nearest that they can.`);
  }
  const share = batchSize / ranks;
  if (microBatchSize === undefined || share % microBatchSize === 0) return;
  const divisor = largestDivisor(share, microBatchSize);
  refuse(
    `train.microBatchSize is ${microBatchSize}, by which the ${share} pairs of each of ${ranks} ranks don't divide; set it to ${divisor}.`,
  );
}

function largestDivisor(value: number, limit: number): number {
  let divisor = Math.min(limit, value);
  while (value % divisor !== 0) divisor--;
  return divisor;
}

function checkAscending(key: string, what: string, values: readonly number[]): void {
  if (values.every((value, index) => index === 0 || value > values[index - 1]!)) return;
  refuse(`train.${key} is [${values.join(', ')}]; list the ${what} in ascending order.`);
}

function refuse(sentence: string): never {
  throw new UserError('TRAIN_CONFIG', sentence);
}
