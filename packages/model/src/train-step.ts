import { capture, type CapturedStep, tf } from '@wenlan/engine';
import type { TrainBatch } from './batches.ts';
import { type BriVLConfig, encodeImage, encodeText } from './brivl.ts';
import { excludedKeys } from './moco/excluded-keys.ts';
import { mocoLoss } from './moco/loss.ts';
import { momentumUpdate } from './moco/momentum.ts';
import { l2Normalize } from './nn/l2-normalize.ts';
import { clipByGlobalNorm } from './optimizer/clip.ts';
import { seededUint32 } from './seeded.ts';
import type { ResolvedTrainConfig } from './train-config.ts';
import type { TrainState } from './train-state.ts';

/** What a step reports. */
export interface StepLosses {
  loss: number;
  imageToText: number;
  textToImage: number;
  /** Joint L2 norm of all gradients before clipping. */
  gradientNorm: number;
  temperature: number;
}

/** Everything that changes from step to step: inputs of the captured program. */
type StepInputs = [
  pixels: tf.Tensor4D, // [batch, side, side, 3]
  ids: tf.Tensor2D, // int32 [batch, tokens]
  mask: tf.Tensor2D, // [batch, tokens]
  excluded: tf.Tensor2D, // [batch, batch + queueSize]
  slots: tf.Tensor1D, // int32 [batch]
  rates: tf.Tensor1D, // [3]
  querySeed: tf.Tensor1D, // int32 [2]
  keySeed: tf.Tensor1D, // int32 [2]
];

/** The lowest temperature that is learned is 1 / 100, as in CLIP. */
const MAX_LOG_SCALE = Math.log(100);

/** One step of cross-modal MoCo (MoCo, He et al. 2020, algorithm 1, in both directions) as one captured program a text length. */
export class TrainStep {
  private readonly state: TrainState;
  private readonly config: ResolvedTrainConfig;
  private readonly program: CapturedStep<StepInputs, tf.Tensor>;
  private readonly captured = new Set<number>();

  constructor(state: TrainState, model: BriVLConfig, config: ResolvedTrainConfig) {
    this.state = state;
    this.config = config;
    const { image, text, imageKey, textKey, queues, adam } = state;
    const trained = state.trained();
    const variables = trained.map(({ variable }) => variable);
    const momentumPairs = state.momentumPairs();

    this.program = capture((...inputs: StepInputs): tf.Tensor => {
      const [pixels, ids, mask, excluded, slots, rates, querySeed, keySeed] = inputs;
      // keys, without gradient
      const asKeys = { training: true, seed: keySeed };
      const imageKeys = l2Normalize(encodeImage(model, imageKey, pixels, asKeys)); // [batch, dim]
      const textKeys = l2Normalize(encodeText(model, textKey, ids, mask, asKeys)); // [batch, dim]

      let report: tf.Tensor1D | undefined;
      const { grads } = tf.variableGrads(() => {
        const asQueries = { training: true, seed: querySeed };
        const imageQueries = l2Normalize(encodeImage(model, image, pixels, asQueries)); // [batch, dim]
        const textQueries = l2Normalize(encodeText(model, text, ids, mask, asQueries)); // [batch, dim]
        const features = { imageQueries, textQueries, imageKeys, textKeys };
        const queued = { imageQueue: queues.images, textQueue: queues.texts };
        const scale: tf.Scalar = tf.exp(tf.minimum(state.logScale, MAX_LOG_SCALE));
        const { loss, imageToText, textToImage } = mocoLoss({ ...features, ...queued, excluded }, scale, config.negatives);
        report = tf.keep(tf.stack([loss, tf.mean(imageToText), tf.mean(textToImage), tf.reciprocal(scale)]) as tf.Tensor1D);
        return loss;
      }, variables);

      const gradients = Object.fromEntries(trained.map(({ name, variable }) => [name, grads[variable.name]!]));
      const { clipped, norm } = clipByGlobalNorm(gradients, config.clipNorm);
      adam.apply(clipped, rates);
      momentumUpdate(momentumPairs, config.momentum);
      queues.enqueue(slots, imageKeys, textKeys);
      const losses = tf.concat([report!, tf.expandDims(norm)]); // [5]
      report!.dispose();
      return losses;
    });
  }

  /** Takes the step and moves the queues' pointer. The caller counts steps. */
  async take(batch: TrainBatch, learningRate: number, seed: number): Promise<StepLosses> {
    const inputs = this.inputs(batch, learningRate, seed);
    if (!this.captured.has(batch.texts.tokens)) this.captureFor(batch.texts.tokens, inputs);
    const losses = this.program(...inputs);
    const values = [...(await losses.data())] as [number, number, number, number, number];
    tf.dispose([losses, ...inputs]);
    this.state.queues.advance(batch.pairs);
    const [loss, imageToText, textToImage, temperature, gradientNorm] = values;
    return { loss, imageToText, textToImage, gradientNorm, temperature };
  }

  dispose(): void {
    this.program.dispose();
  }

  /**
   * An eager step and a captured one round differently. So that a resumed run computes what an unkilled one does, the eager steps
   * that capturing takes run on a state that is put back, and every step that counts is the captured program.
   */
  private captureFor(tokens: number, inputs: StepInputs): void {
    const aside = this.state.variables().map((variable) => ({ variable, value: tf.clone(variable) }));
    for (let pass = 0; pass < 2; pass++) tf.dispose(this.program(...inputs));
    for (const { variable, value } of aside) {
      variable.assign(value);
      value.dispose();
    }
    this.captured.add(tokens);
  }

  private inputs({ pixels, texts, pairs }: TrainBatch, learningRate: number, seed: number): StepInputs {
    const { queues, adam, step } = this.state;
    const batch = pairs.length;
    const side = Math.sqrt(pixels.length / batch / 3);
    const { maskFalseNegatives, queueWarmupSteps } = this.config;
    const excluded = excludedKeys(pairs, queues.provenance, { maskFalseNegatives, queueCounts: step >= queueWarmupSteps });
    // A forward pass adds the number of each dropout to the second half.
    const seedOf = (role: string): tf.Tensor1D => tf.tensor1d([seededUint32(seed, role, step) >>> 1, 0], 'int32');
    return [
      tf.tensor4d(pixels, [batch, side, side, 3]),
      tf.tensor2d(texts.ids, [batch, texts.tokens], 'int32'),
      tf.tensor2d(texts.mask, [batch, texts.tokens]),
      tf.tensor2d(excluded, [batch, batch + queues.size]),
      tf.tensor1d(queues.slots(batch), 'int32'),
      tf.tensor1d(adam.rates(step, learningRate)),
      seedOf('query'),
      seedOf('key'),
    ];
  }
}
