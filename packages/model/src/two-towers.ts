import { tf } from '@wenlan/engine';
import type { TrainBatch } from './batches.ts';
import { type BriVLConfig, createTower, type ParameterStore } from './brivl.ts';
import { createEncoder, type Encoder } from './encoder.ts';
import { pictureBoxes } from './nn/picture-boxes.ts';
import type { ObjectiveSettings } from './create-objective.ts';
import { type Tower, trainableOf } from './objective.ts';
import type { Parameter } from './optimizer/optimizer.ts';
import type { Ranker } from './ranker.ts';
import { seededUint32 } from './seeded.ts';

/** The lowest temperature that is learned is 1 / 100, as in CLIP. */
const MAX_LOG_SCALE = Math.log(100);

/** An image tower, a text tower and a temperature: what BriVL and CLIP have in common. */
export class TwoTowers {
  readonly image: ParameterStore;
  readonly text: ParameterStore;
  /** ln(1 / temperature). */
  readonly logScale: tf.Variable<tf.Rank.R0>;
  readonly model: BriVLConfig;
  private readonly settings: ObjectiveSettings;

  constructor(settings: ObjectiveSettings, { model, learnTemperature }: { model: BriVLConfig; learnTemperature: boolean }) {
    const { config, tokenizer, seed } = settings;
    const { vocabularySize } = tokenizer;
    this.settings = settings;
    this.model = model;
    this.image = createTower(model, 'image', { vocabularySize, seed });
    this.text = createTower(model, 'text', { vocabularySize, seed });
    this.logScale = tf.tidy(() => tf.variable(tf.scalar(-Math.log(config.temperature)), learnTemperature));
  }

  /** The towers' trainable parameters, and the temperature when it is learned. */
  trained(): Parameter[] {
    const towers: Tower[] = [
      { prefix: 'imgencoder', store: this.image },
      { prefix: 'textencoder', store: this.text },
    ];
    return [...trainableOf(towers), ...(this.logScale.trainable ? [{ name: 'log_scale', variable: this.logScale }] : [])];
  }

  /** 1 / temperature. */
  scale(): tf.Scalar {
    return tf.exp(tf.minimum(this.logScale, MAX_LOG_SCALE));
  }

  ranker(): Ranker {
    const { tokenizer, config } = this.settings;
    const { model, image, text } = this;
    return rankerOf(createEncoder({ model, image, text, tokenizer, textBuckets: config.textBuckets }));
  }

  dispose(): void {
    this.image.dispose();
    this.text.dispose();
    this.logScale.dispose();
  }
}

/** The pictures and texts of a batch as tensors. */
export type PairInputs = [
  pixels: tf.Tensor4D, // [batch, side, side, 3]
  corners: tf.Tensor3D, // [batch or 1, boxes, 4]
  boxMask: tf.Tensor2D, // [batch or 1, boxes]
  words: tf.Tensor2D, // int32 ids [batch, tokens]; what is stored of frozen layers, float32 [batch · tokens, features]
  mask: tf.Tensor2D, // [batch, tokens]
];

export function pairInputs({ pixels, boxes, texts, pairs }: TrainBatch, { side, image }: BriVLConfig): PairInputs {
  const batch = pairs.length;
  const { ids, tokens, hidden } = texts;
  const words =
    hidden === undefined
      ? tf.tensor2d(ids, [batch, tokens], 'int32')
      : tf.tensor2d(hidden, [batch * tokens, hidden.length / batch / tokens]);
  const { corners, mask } = pictureBoxes(boxes, side, image.regions);
  return [tf.tensor4d(pixels, [batch, side, side, 3]), corners, mask, words, tf.tensor2d(texts.mask, [batch, texts.tokens])];
}

/**
 * The seed of a forward pass, int32 [2]; the pass adds the number of each dropout to the second half. Each rank has its own.
 * @param place step, and of a micro-batch its number
 */
export function dropoutSeed(
  { seed, group }: Pick<ObjectiveSettings, 'seed' | 'group'>,
  role: string,
  ...place: number[]
): tf.Tensor1D {
  const ofRank = group.rank === 0 ? [] : ['rank', group.rank];
  return tf.tensor1d([seededUint32(seed, role, ...place, ...ofRank) >>> 1, 0], 'int32');
}

/** Ranks by inner products of features. */
export function rankerOf(encoder: Encoder): Ranker {
  const { dim, side } = encoder;
  return {
    side,
    imageValues: dim,
    encodeImages: (pixels, count, boxes) => encoder.encodeImages(pixels, count, boxes),
    async scoreAll(images, texts) {
      const features = await encoder.encodeTexts(texts); // [texts, dim]
      const count = images.length / dim;
      const scores = new Float32Array(count * texts.length);
      for (let image = 0; image < count; image++) {
        for (let text = 0; text < texts.length; text++) {
          let sum = 0;
          for (let axis = 0; axis < dim; axis++) sum += images[image * dim + axis]! * features[text * dim + axis]!;
          scores[image * texts.length + text] = sum;
        }
      }
      return scores;
    },
    dispose: () => encoder.dispose(),
  };
}
