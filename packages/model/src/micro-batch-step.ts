import {
  applyGradientDescent,
  capture,
  type CaptureOptions,
  type CapturedStep,
  type Group,
  type SavedPrograms,
  tf,
} from '@wenlan/engine';
import type { TrainBatch } from './batches.ts';
import type { ContrastiveObjective } from './objective.ts';
import { clipByGlobalNorm } from './optimizer/clip.ts';
import type { Parameter } from './optimizer/optimizer.ts';
import { zerosLike } from './optimizer/parameter-groups.ts';
import { averageStep } from './ranks/average-step.ts';
import { gatherRows } from './ranks/gather-rows.ts';
import type { ResolvedTrainConfig } from './train-config.ts';
import type { TrainState } from './train-state.ts';
import type { StepLosses, TrainStep } from './train-step.ts';

type Program = CapturedStep<tf.Tensor[], tf.Tensor[]>;

/**
 * The step over a batch in micro-batches (GradCache, Gao et al. 2021): features of all of them without gradient; the loss of the whole
 * batch and its gradient at the features; then one micro-batch after another goes through its towers again, with that gradient. It is
 * the step over the batch at once, but for batch norm, which sees micro-batches, in the memory of one of them.
 */
export class MicroBatchStep implements TrainStep {
  private readonly state: TrainState;
  private readonly size: number;
  private readonly objective: ContrastiveObjective;
  /** Sums of gradients; zeros between steps. */
  private readonly sums: readonly Parameter[];
  private readonly look: Program;
  private readonly judge: Program;
  private readonly learn: Program;
  private readonly move: Program;

  constructor(state: TrainState, config: ResolvedTrainConfig, group: Group, saved?: SavedPrograms) {
    const { batchSize, microBatchSize = batchSize, clipNorm, precision, allReducePrecision } = config;
    this.state = state;
    this.size = microBatchSize;
    const objective = state.objective as ContrastiveObjective; // the config was checked
    this.objective = objective;
    const { trained, lossParameters } = objective;
    this.sums = trained.map((parameter) => ({ name: parameter.name, variable: zerosLike(parameter) }));
    const sumOf = new Map(trained.map(({ variable }, index) => [variable, this.sums[index]!.variable]));
    const add = (parameters: readonly Parameter[], gradients: readonly tf.Tensor[]): void =>
      parameters.forEach(({ variable }, index) => applyGradientDescent(sumOf.get(variable)!, tf.scalar(-1), gradients[index]!));
    const optionsOf = (part: string): CaptureOptions => ({
      bfloat16: precision === 'bf16',
      ...(saved && { saved: { ...saved, key: `${saved.key} ${part}` } }),
    });

    // sample inputs -> image and text keys, image and text features
    this.look = capture(
      (...sample: tf.Tensor[]) => [...objective.keys(sample), ...objective.features(sample, { updateStatistics: false })],
      optionsOf('look'),
    );

    // keys, features, batch inputs -> report, gradients at the features, keys of all ranks
    this.judge = capture((...all: tf.Tensor[]) => {
      const [own, features, inputs] = [all.slice(0, 2), all.slice(2, 4), all.slice(4)] as [
        tf.Tensor2D[],
        tf.Tensor2D[],
        tf.Tensor[],
      ];
      const keys = gatherRows(group, own);
      let report: tf.Tensor | undefined;
      const { grads } = tf.engine().gradients(() => {
        const [loss, ...parts] = objective.featureLoss(inputs, features, keys);
        report = tf.keep(tf.stack([loss, ...parts])); // [1 + parts]
        return loss;
      }, [...features, ...lossParameters.map(({ variable }) => variable)]);
      add(lossParameters, grads.slice(features.length));
      const kept = tf.clone(report!);
      report!.dispose();
      return [kept, ...grads.slice(0, features.length), ...keys];
    }, optionsOf('judge'));

    // gradients at the features, sample inputs -> nothing of use; the gradients of the parameters go into the sums
    const towers = trained.filter((parameter) => !lossParameters.includes(parameter));
    this.learn = capture((...all: tf.Tensor[]) => {
      const [upstream, sample] = [all.slice(0, 2), all.slice(2)];
      const { value, grads } = tf.variableGrads(
        () => {
          const features = objective.features(sample, { updateStatistics: true });
          return tf.addN(features.map((feature, index) => tf.sum(tf.mul(feature, upstream[index]!))));
        },
        towers.map(({ variable }) => variable),
      );
      add(
        towers,
        towers.map(({ variable }) => grads[variable.name]!),
      );
      return [value];
    }, optionsOf('learn'));

    // rates, report, keys, batch inputs -> report, gradient norm; the parameters move and the sums are zeros again
    this.move = capture((...all: tf.Tensor[]) => {
      const [rates, report] = all.slice(0, 2) as tf.Tensor1D[] as [tf.Tensor1D, tf.Tensor1D];
      const [keys, inputs] = [all.slice(2, 4) as tf.Tensor2D[], all.slice(4)];
      const own = Object.fromEntries(this.sums.map(({ name, variable }) => [name, variable]));
      const share = { gradients: own, report, statistics: objective.statistics };
      const { gradients, report: losses } = averageStep(group, share, { bfloat16: allReducePrecision === 'bf16' });
      const { clipped, norm } = clipByGlobalNorm(gradients, clipNorm);
      state.optimizer.apply(clipped, rates);
      objective.follow(inputs, keys);
      for (const { variable } of this.sums) variable.assign(tf.zerosLike(variable));
      return [tf.concat([losses, tf.expandDims(norm)])]; // [1 + parts + 1]
    }, optionsOf('move'));
  }

  async take(batch: TrainBatch, learningRate: number): Promise<StepLosses> {
    const { objective, size } = this;
    const { step, optimizer } = this.state;
    const starts = Array.from({ length: batch.pairs.length / size }, (_, micro) => micro * size);
    const samples = starts.map((start, micro) => objective.sampleInputs(rowsOf(batch, start, start + size), step, micro));
    const inputs = objective.batchInputs(batch, step);

    const looked: tf.Tensor[][] = [];
    for (const sample of samples) looked.push(await this.look.runAsync(...sample));
    const joined = joinRows(looked); // own keys, features
    const judged = await this.judge.runAsync(...joined, ...inputs);
    const [report, ...gradients] = judged.slice(0, 3) as [tf.Tensor, ...tf.Tensor[]];
    for (const [micro, sample] of samples.entries()) {
      const upstream = gradients.map((gradient) => tf.slice(gradient, [starts[micro]!], [size]));
      tf.dispose([upstream, await this.learn.runAsync(...upstream, ...sample)]);
    }
    const rates = tf.tensor1d(optimizer.rates(step, learningRate));
    const [losses] = await this.move.runAsync(rates, report, ...judged.slice(3), ...inputs);

    const [loss, ...others] = [...(await losses!.data())] as [number, ...number[]];
    tf.dispose([samples, inputs, looked, joined, judged, rates, losses!]);
    objective.advance(batch);
    const parts = Object.fromEntries(objective.parts.map((name, index) => [name, others[index]!]));
    return { loss, parts, gradientNorm: others.at(-1)! };
  }

  dispose(): void {
    for (const program of [this.look, this.judge, this.learn, this.move]) program.dispose();
    for (const { variable } of this.sums) variable.dispose();
  }
}

/** Some pairs of a batch, padded as all of it. */
function rowsOf({ pixels, boxes, texts, pairs, ...batch }: TrainBatch, start: number, end: number): TrainBatch {
  const part = <T extends Float32Array | Int32Array>(values: T): T => {
    const width = values.length / pairs.length;
    return values.subarray(start * width, end * width) as T;
  };
  return {
    ...batch,
    pixels: part(pixels),
    boxes: boxes.slice(start, end),
    texts: {
      ...texts,
      ids: part(texts.ids),
      mask: part(texts.mask),
      ...(texts.hidden && { hidden: part(texts.hidden) }),
    },
    pairs: pairs.slice(start, end),
  };
}

/** Puts the rows of micro-batches under each other, tensor by tensor. */
function joinRows(parts: readonly tf.Tensor[][]): tf.Tensor[] {
  return parts[0]!.map((_, index) => tf.concat(parts.map((part) => part[index]!)));
}
