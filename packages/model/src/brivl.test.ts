import { loadEngine, tf } from '@wenlan/engine';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { distance, distanceFrom, type Summary } from '../test/support/filling.ts';
import {
  BATCH_SIZE,
  QUEUE_SIZE,
  RELEASED_TINY,
  releasedPixels,
  releasedQueue,
  releasedTower,
} from '../test/support/released-tiny.ts';
import { type Boxes, encodeImage, encodeText, type ForwardOptions } from './brivl.ts';
import { resolveModel } from './presets/resolve-model.ts';
import { mocoLoss } from './moco/loss.ts';
import fixture from './nn/fixtures/released-step.json' with { type: 'json' };
import { l2Normalize } from './nn/l2-normalize.ts';
import type { ParameterStore } from './nn/parameter-store.ts';

const config = resolveModel(RELEASED_TINY);
const { inputs, expected } = fixture;

describe('the released model, small', () => {
  let image: ParameterStore;
  let text: ParameterStore;
  beforeAll(async () => {
    await loadEngine();
    image = releasedTower('image');
    text = releasedTower('text');
  });
  afterAll(() => {
    image.dispose();
    text.dispose();
  });

  const boxes = (): Boxes => ({ corners: tf.tensor3d(inputs.boxes), mask: tf.tensor2d(inputs.imageMask) });
  const imageFeatures = (options: ForwardOptions): tf.Tensor2D => encodeImage(config, image, releasedPixels(), options, boxes());
  const textFeatures = (options: ForwardOptions): tf.Tensor2D =>
    encodeText(config, text, tf.tensor2d(inputs.ids, [4, 12], 'int32'), tf.tensor2d(inputs.textMask), options);
  const first8 = (features: tf.Tensor2D): ArrayLike<number> => tf.slice(features, [0, 0], [4, 8]).dataSync();

  describe.each(['training', 'inference'] as const)('with batch norm in %s mode', (mode) => {
    const figures = expected[mode];
    const options: ForwardOptions = { training: mode === 'training', updateStatistics: false };

    it('has its features', () => {
      tf.tidy(() => {
        expect(distance(first8(imageFeatures(options)), figures.feats.imgencoder.flat())).toBeLessThan(1e-4);
        expect(distance(first8(textFeatures(options)), figures.feats.textencoder.flat())).toBeLessThan(1e-4);
      });
    });

    it('has its loss and the gradient of every trained parameter', () => {
      const before = tf.memory().numTensors;
      const trained = (['imgencoder', 'textencoder'] as const).flatMap((encoder) =>
        (encoder === 'imgencoder' ? image : text)
          .entries()
          .filter(({ trainable }) => trainable)
          .map(({ name, variable }) => ({ name: `${encoder}.${name}`, variable })),
      );
      tf.tidy(() => {
        const imageKeys = l2Normalize(imageFeatures(options));
        const textKeys = l2Normalize(textFeatures(options));
        const { value, grads } = tf.variableGrads(
          () => {
            const imageQueries = l2Normalize(imageFeatures(options));
            const textQueries = l2Normalize(textFeatures(options));
            const queues = { imageQueue: releasedQueue('img_queue'), textQueue: releasedQueue('text_queue') };
            const features = { imageQueries, textQueries, imageKeys, textKeys };
            const excluded = tf.zeros<tf.Rank.R2>([BATCH_SIZE, BATCH_SIZE + QUEUE_SIZE]);
            return mocoLoss({ ...features, ...queues, excluded }, tf.scalar(1 / 0.07), 'queue').loss;
          },
          trained.map(({ variable }) => variable),
        );
        expect(Math.abs(value.dataSync()[0]! - figures.loss) / figures.loss).toBeLessThan(1e-4);
        const wanted: Record<string, number> = figures.gradientNorms;
        expect(trained.map(({ name }) => name).sort()).toEqual(Object.keys(wanted).sort());
        for (const { name, variable } of trained) {
          const norm = tf.norm(grads[variable.name]!).dataSync()[0]!;
          expect(Math.abs(norm - wanted[name]!), name).toBeLessThan(1e-3 * wanted[name]! + 1e-5);
        }
      });
      expect(tf.memory().numTensors).toBe(before);
    });
  });

  it('moves the running statistics as it does, last so that the tests before see them unmoved', () => {
    tf.tidy(() => {
      imageFeatures({ training: true });
      const figures: Record<string, Summary> = expected.training.statistics;
      for (const [name, summary] of Object.entries(figures)) {
        expect(distanceFrom(image.get(`backbone.${name}`), summary), name).toBeLessThan(1e-4);
      }
    });
  });
});
