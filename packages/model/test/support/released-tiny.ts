import { tf } from '@wenlan/engine';
import type { BriVLConfig, ParameterStore } from '../../src/brivl.ts';
import { l2Normalize } from '../../src/nn/l2-normalize.ts';
import fixture from '../../src/nn/fixtures/released-step.json' with { type: 'json' };
import { resolveModel } from '../../src/presets/resolve-model.ts';
import { type TowerKind, towerParameters } from '../../src/tower-parameters.ts';
import { fill, filledStore } from './filling.ts';

const attention = { layers: 2, heads: 4, dropout: 0 };

/** The model of the released code that the figures of `released-step.json` are of, as settings: small, without dropout. */
export const RELEASED_TINY = {
  extends: 'brivl-released',
  side: 96,
  dim: 1280,
  image: { backbone: { width: 1, depth: 1 }, regions: { grid: 3 }, attention },
  text: {
    bert: { layers: 2, hidden: 64, heads: 4, intermediate: 256, dropout: 0 },
    attention,
    frozen: ['backbone.bert.embeddings', 'backbone.bert.encoder.layer.0'],
  },
};

export const VOCABULARY_SIZE = 128;
export const QUEUE_SIZE = 32;
export const BATCH_SIZE = 4;

const model: BriVLConfig = resolveModel(RELEASED_TINY);

/** A tower with the figures' parameters. */
export function releasedTower(kind: TowerKind): ParameterStore {
  const prefix = kind === 'image' ? 'imgencoder.' : 'textencoder.';
  const rows = fixture.parameters.filter(([name]) => (name as string).startsWith(prefix));
  return filledStore(towerParameters(model, kind, VOCABULARY_SIZE), rows, (name) => `${prefix}${name}`);
}

/** The figures' pictures are normalised already; pixels that become them, [batch, side, side, 3]. */
export function releasedPixels(): tf.Tensor4D {
  const { side } = model;
  const shape = [BATCH_SIZE, 3, side, side] as [number, number, number, number];
  const normalised = tf.transpose(tf.tensor4d(fill('input/img', BATCH_SIZE * 3 * side * side, 1.5), shape), [0, 2, 3, 1]);
  return tf.add(tf.mul(normalised, [0.229, 0.224, 0.225]), [0.485, 0.456, 0.406]);
}

/** A queue as the figures have it: filled, then every column of [dim, queue] normalised. [queue, dim] */
export function releasedQueue(name: 'img_queue' | 'text_queue'): tf.Tensor2D {
  return l2Normalize(tf.transpose(tf.tensor2d(fill(name, model.dim * QUEUE_SIZE), [model.dim, QUEUE_SIZE])));
}
