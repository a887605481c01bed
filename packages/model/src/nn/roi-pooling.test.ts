import { loadEngine, tf } from '@wenlan/engine';
import { beforeAll, describe, expect, it } from 'vitest';
import { finiteDifferences } from '../../test/support/finite-differences.ts';
import { distance, distanceFrom, fill } from '../../test/support/filling.ts';
import fixture from './fixtures/roi-grid-pool.json' with { type: 'json' };
import { ForwardPass } from './forward-pass.ts';
import { ParameterStore } from './parameter-store.ts';
import { pointwise } from './pointwise.ts';
import { gridBoxes, type RegionConfig, roiPooling, samplingWeights } from './roi-pooling.ts';

const { inputs, expected } = fixture;
const SIDE = 380;
const CELLS = 12;
const CHANNELS = 8;
const released: RegionConfig = { grid: 6, samples: 4, alignment: 'released' };

/** The map of the fixture, [1, height, width, channels]. */
function featureMap(): tf.Tensor4D {
  return tf.transpose(tf.tensor4d(fill('roi/feature', CHANNELS * CELLS * CELLS), [1, CHANNELS, CELLS, CELLS]), [0, 2, 3, 1]);
}

/** Every sampled point of every box, in PyTorch's order [1, boxes, channels, samples, samples]. */
function sampled(boxes: number[][][]): tf.Tensor {
  const cells = tf.mul(tf.tensor3d(boxes), CELLS / SIDE);
  const [left, top, right, bottom] = tf.unstack(cells, 2) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  const [, boxCount] = left.shape as [number, number];
  const rows = tf.reshape(samplingWeights(top, bottom, CELLS, released), [boxCount * 4, CELLS]);
  const columns = tf.reshape(samplingWeights(left, right, CELLS, released), [boxCount, 4, CELLS]);
  const map = featureMap();
  const lines = tf.matMul(rows, tf.reshape(map, [CELLS, CELLS * CHANNELS])); // [boxes · samples, width · channels]
  const byBox = tf.transpose(tf.reshape(lines, [boxCount, 4, CELLS, CHANNELS]), [0, 2, 1, 3]);
  const points = tf.matMul(columns, tf.reshape(byBox, [boxCount, CELLS, 4 * CHANNELS])); // [boxes, samples x, samples y · channels]
  return tf.expandDims(tf.transpose(tf.reshape(points, [boxCount, 4, 4, CHANNELS]), [0, 3, 2, 1]), 0);
}

describe(roiPooling, () => {
  beforeAll(async () => {
    await loadEngine();
  });

  it('samples the points of the released code, also past the edge and for padding', () => {
    tf.tidy(() => {
      expect(distance(sampled(inputs.boxes).dataSync(), expected.sampled)).toBeLessThan(1e-5);
      expect(distanceFrom(sampled(inputs.edgeBoxes), expected.edge)).toBeLessThan(1e-5);
      expect(distanceFrom(sampled([Array.from({ length: 3 }, () => [0, 0, 0, 0])]), expected.padding)).toBeLessThan(1e-5);
    });
  });

  it('pools them, before or after the 1×1 convolution', () => {
    const before = tf.memory().numTensors;
    const store = new ParameterStore(1);
    const zeros = { kind: 'constant', value: 0 } as const;
    store.add('max_pool.0.weight', [8, 8, 1, 1], zeros, { layout: 'conv' });
    store.add('max_pool.0.bias', [8], zeros);
    store.importTorch('max_pool.0.weight', fill('roi/max_pool.0.weight', 64, Math.sqrt(2 / 8)));
    store.importTorch('max_pool.0.bias', fill('roi/max_pool.0.bias', 8, 0.1));
    tf.tidy(() => {
      const pooled = roiPooling(featureMap(), tf.tensor3d(inputs.boxes), SIDE, released);
      expect(distance(pooled.dataSync(), expected.pooled)).toBeLessThan(1e-5);
      const pass = new ForwardPass(store, { training: false }, true);
      const convolved = pointwise(pass, 'max_pool.0', tf.reshape(pooled, [3, 8]));
      expect(distance(convolved.dataSync(), expected.convolved)).toBeLessThan(1e-5);
    });
    store.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('aligned exactly, takes the mean of every grid cell and of the whole', () => {
    tf.tidy(() => {
      const map = tf.tensor4d(fill('map', 2 * 6 * 6 * 3), [2, 6, 6, 3]);
      const pooled = roiPooling(map, gridBoxes(3, 96), 96, { grid: 3, samples: 6, alignment: 'exact' });
      const whole = roiPooling(map, gridBoxes(1, 96), 96, { grid: 1, samples: 6, alignment: 'exact' });
      expect(pooled.shape).toEqual([2, 10, 3]);
      expect(distance(tf.slice(whole, [0, 1, 0], [2, 1, 3]).dataSync(), [...tf.mean(map, [1, 2]).dataSync()])).toBeLessThan(1e-5);

      const two: RegionConfig = { grid: 3, samples: 2, alignment: 'exact' };
      const cells = tf.slice(roiPooling(map, gridBoxes(3, 96), 96, two), [0, 0, 0], [2, 9, 3]);
      expect(distance(cells.dataSync(), [...tf.avgPool(map, 2, 2, 'valid').dataSync()])).toBeLessThan(1e-5);
    });
  });

  it.each(['exact', 'released'] as const)('has the gradient of finite differences (%s)', (alignment) => {
    const config: RegionConfig = { grid: 2, samples: 3, alignment };
    tf.tidy(() => {
      const map = tf.tensor4d(fill('map', 5 * 5 * 2), [1, 5, 5, 2]);
      const corners = tf.tensor3d([
        [
          [1.3, 2.1, 11.2, 13.7],
          [4.6, 0.4, 17.9, 9.2],
        ],
      ]);
      const weights = tf.tensor3d(fill('weights', 4), [1, 2, 2]);
      const value = (map: tf.Tensor): tf.Scalar => tf.sum(tf.mul(roiPooling(map as tf.Tensor4D, corners, 16, config), weights));
      const gradient = tf
        .grad(value as (map: tf.Tensor) => tf.Tensor)(map)
        .dataSync();
      expect(distance(gradient, finiteDifferences(map, value))).toBeLessThan(1e-3);
    });
  });
});
