import { loadEngine, tf } from '@wenlan/engine';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { distance, distanceFrom, fill, filledStore, type Summary } from '../test/support/filling.ts';
import { type BriVLConfig, type Boxes, encodeImage, encodeText, type ForwardOptions } from './brivl.ts';
import { frozenBert } from './configs/brivl-released.ts';
import { EFFICIENTNETS } from './configs/efficientnets.ts';
import { resolveModel } from './configs/index.ts';
import { mocoLoss } from './moco/loss.ts';
import fixture from './nn/fixtures/released-step.json' with { type: 'json' };
import { l2Normalize } from './nn/l2-normalize.ts';
import type { ParameterStore } from './nn/parameter-store.ts';
import { type TowerKind, towerParameters } from './tower-parameters.ts';

const attention = { layers: 2, heads: 4, dropout: 0 };
const config: BriVLConfig = resolveModel({
  extends: 'brivl-released',
  side: 96,
  dim: 1280,
  image: { backbone: { ...EFFICIENTNETS.b0, classes: 1000 }, regions: { grid: 3 }, attention },
  text: {
    bert: { layers: 2, hidden: 64, heads: 4, intermediate: 256, dropout: 0 },
    attention,
    frozen: frozenBert(1),
  },
});
const { inputs, expected } = fixture;
const VOCABULARY = 128;
const QUEUE = 32;

describe('the released model, small', () => {
  let image: ParameterStore;
  let text: ParameterStore;
  beforeAll(async () => {
    await loadEngine();
    const filled = (kind: TowerKind, prefix: string): ParameterStore => {
      const rows = fixture.parameters.filter(([name]) => (name as string).startsWith(prefix));
      return filledStore(towerParameters(config, kind, VOCABULARY), rows, (name) => `${prefix}${name}`);
    };
    image = filled('image', 'imgencoder.');
    text = filled('text', 'textencoder.');
  });
  afterAll(() => {
    image.dispose();
    text.dispose();
  });

  /** The input of the figures is normalised already; pixels that become it. */
  function pixels(): tf.Tensor4D {
    const normalised = tf.transpose(tf.tensor4d(fill('input/img', 4 * 3 * 96 * 96, 1.5), [4, 3, 96, 96]), [0, 2, 3, 1]);
    return tf.add(tf.mul(normalised, [0.229, 0.224, 0.225]), [0.485, 0.456, 0.406]);
  }
  const boxes = (): Boxes => ({ corners: tf.tensor3d(inputs.boxes), mask: tf.tensor2d(inputs.imageMask) });
  const imageFeatures = (options: ForwardOptions): tf.Tensor2D => encodeImage(config, image, pixels(), options, boxes());
  const textFeatures = (options: ForwardOptions): tf.Tensor2D =>
    encodeText(config, text, tf.tensor2d(inputs.ids, [4, 12], 'int32'), tf.tensor2d(inputs.textMask), options);
  const first8 = (features: tf.Tensor2D): ArrayLike<number> => tf.slice(features, [0, 0], [4, 8]).dataSync();

  /** Queues as the figures have them: filled, then every column of [dim, queue] normalised. */
  const queue = (name: string): tf.Tensor2D =>
    l2Normalize(tf.transpose(tf.tensor2d(fill(name, config.dim * QUEUE), [config.dim, QUEUE])));

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
            const queues = { imageQueue: queue('img_queue'), textQueue: queue('text_queue') };
            const features = { imageQueries, textQueries, imageKeys, textKeys };
            const excluded = tf.zeros<tf.Rank.R2>([4, 4 + QUEUE]);
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
