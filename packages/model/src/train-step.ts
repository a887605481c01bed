import { capture, tf } from '@wenlan/engine';
import type { TrainBatch } from './batches.ts';
import { type BriVLConfig, encodeImage, encodeText } from './brivl.ts';
import { falseNegatives } from './moco/false-negatives.ts';
import { l2Normalize } from './moco/info-nce.ts';
import { mocoLoss } from './moco/loss.ts';
import { momentumUpdate } from './moco/momentum.ts';
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

/** The lowest temperature that is learned is 1 / 100, as in CLIP. */
const MAX_LOG_SCALE = Math.log(100);

/**
 * One step of cross-modal MoCo as one captured program: forward of queries and keys, loss, gradients, clipping, AdamW, momentum
 * update, enqueueing. Everything that changes from step to step is a tensor input.
 */
export class TrainStep {
  private readonly state: TrainState;
  private readonly config: ResolvedTrainConfig;
  private readonly program: ReturnType<typeof capture>;
  private readonly captured = new Set<number>();

  constructor(state: TrainState, model: BriVLConfig, config: ResolvedTrainConfig) {
    this.state = state;
    this.config = config;
    const { queues, adam } = state;
    const trained = state.trained();
    const momentumPairs = state.momentumPairs();

    this.program = capture((...inputs: tf.Tensor[]) =>
      tf.tidy(() => {
        const [pixels, ids, mask, marks, slots, rates, querySeed, keySeed] = inputs as StepInputs;
        const queryOptions = { training: true, seed: querySeed };
        const keyOptions = { training: true, seed: keySeed };
        const imageKeys = l2Normalize(encodeImage(model, state.imageKey, pixels, keyOptions)); // [batch, dim]
        const textKeys = l2Normalize(encodeText(model, state.textKey, ids, mask, keyOptions)); // [batch, dim]

        let details: tf.Tensor1D | undefined; // [3]
        const { value, grads } = tf.variableGrads(
          () => {
            const imageQueries = l2Normalize(encodeImage(model, state.image, pixels, queryOptions)); // [batch, dim]
            const textQueries = l2Normalize(encodeText(model, state.text, ids, mask, queryOptions)); // [batch, dim]
            const features = { imageQueries, textQueries, imageKeys, textKeys };
            const scale = tf.exp(tf.minimum(state.logScale, MAX_LOG_SCALE)) as tf.Scalar;
            const queued = { imageQueue: queues.images, textQueue: queues.texts };
            const falseNegatives = config.maskFalseNegatives ? { falseNegatives: marks } : {};
            const losses = mocoLoss({ ...features, ...queued, ...falseNegatives }, scale, config.negatives);
            const both = [tf.mean(losses.imageToText), tf.mean(losses.textToImage)];
            details = tf.keep(tf.stack([...both, tf.reciprocal(scale)]) as tf.Tensor1D);
            return losses.loss;
          },
          trained.map(({ variable }) => variable),
        );
        const gradients = Object.fromEntries(trained.map(({ name, variable }) => [name, grads[variable.name]!]));
        const { clipped, norm } = clipByGlobalNorm(gradients, config.clipNorm);
        adam.apply(clipped, rates);
        momentumUpdate(momentumPairs, config.momentum);
        queues.enqueue(slots, imageKeys, textKeys);

        const report = tf.concat([tf.stack([value, norm]), details!]); // [5]
        details!.dispose();
        return report;
      }),
    );
  }

  /** Takes the step and moves the queues' pointer. The caller counts steps. */
  async take(batch: TrainBatch, learningRate: number, seed: number): Promise<StepLosses> {
    const inputs = this.inputs(batch, learningRate, seed);
    if (!this.captured.has(batch.texts.tokens)) this.captureFor(batch.texts.tokens, inputs);
    const report = this.program(...inputs) as tf.Tensor;
    const [loss, gradientNorm, imageToText, textToImage, temperature] = [...(await report.data())] as [number, number, number, number, number];
    tf.dispose([report, ...inputs]);
    this.state.queues.advance(batch.pairs);
    return { loss, imageToText, textToImage, gradientNorm, temperature };
  }

  dispose(): void {
    this.program.dispose();
  }

  /**
   * An eager step and a captured one round differently. So that a resumed run computes what an unkilled one does, the eager steps that
   * capturing takes run on a state that is put back, and every step that counts is the captured program.
   */
  private captureFor(tokens: number, inputs: tf.Tensor[]): void {
    const aside = this.state.variables().map((variable) => ({ variable, value: tf.clone(variable) }));
    for (let pass = 0; pass < 2; pass++) tf.dispose(this.program(...inputs));
    for (const { variable, value } of aside) {
      variable.assign(value);
      value.dispose();
    }
    this.captured.add(tokens);
  }

  private inputs({ pixels, texts, pairs, position }: TrainBatch, learningRate: number, seed: number): StepInputs {
    const { queues, adam, step } = this.state;
    const batch = pairs.length;
    const side = Math.sqrt(pixels.length / batch / 3);
    const seedFor = (role: string): tf.Tensor1D =>
      tf.tensor1d([seededUint32(seed, role, step) >>> 1, seededUint32(position.epoch, position.batch, role) >>> 1], 'int32');
    const marks = this.config.maskFalseNegatives
      ? tf.tensor2d(falseNegatives(pairs, queues.provenance), [batch, batch + queues.size])
      : tf.zeros<tf.Rank.R2>([1, 1]);
    return [
      tf.tensor4d(pixels, [batch, side, side, 3]),
      tf.tensor2d(texts.ids, [batch, texts.tokens], 'int32'),
      tf.tensor2d(texts.mask, [batch, texts.tokens]),
      marks,
      tf.tensor1d(queues.slots(batch), 'int32'),
      tf.tensor1d(adam.rates(step, learningRate)),
      seedFor('query'),
      seedFor('key'),
    ];
  }
}

type StepInputs = [
  pixels: tf.Tensor4D,
  ids: tf.Tensor2D,
  mask: tf.Tensor2D,
  marks: tf.Tensor2D,
  slots: tf.Tensor1D,
  rates: tf.Tensor1D,
  querySeed: tf.Tensor1D,
  keySeed: tf.Tensor1D,
];
