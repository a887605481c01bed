import { capture, loadEngine, tf } from '@wenlan/engine';
import { beforeAll, describe, expect, it } from 'vitest';
import { MICRO } from '../../test/support/micro.ts';
import { createTower, encodeImage, encodeText, type ForwardOptions, type ParameterStore } from '../brivl.ts';
import { resolveModel } from '../presets/resolve-model.ts';
import type { TowerKind } from '../tower-parameters.ts';

const config = resolveModel(MICRO);

beforeAll(async () => {
  await loadEngine();
});

describe('gradient checkpointing', () => {
  const ids = (): tf.Tensor2D => tf.tensor2d([5, 8, 2, 9, 4, 0, 0, 0], [2, 4], 'int32');
  const mask = (): tf.Tensor2D => tf.tensor2d([1, 1, 1, 1, 1, 0, 0, 0], [2, 4]);
  const pixels = (): tf.Tensor4D => tf.reshape(tf.sin(tf.range(0, 2 * config.side ** 2 * 3)), [2, config.side, config.side, 3]);

  /** Loss, the gradient of every trained parameter and all running statistics after one step. */
  function run(tower: TowerKind, checkpoints: string[], captured: boolean): number[][] {
    const store: ParameterStore = createTower(config, tower, { vocabularySize: 12, seed: 5 });
    store.checkpoints = checkpoints;
    const trained = store.entries().filter(({ trainable }) => trainable);
    const step = (seed: tf.Tensor1D): tf.Tensor[] => {
      const options: ForwardOptions = { training: true, seed };
      const encode = (): tf.Tensor2D =>
        tower === 'image' ? encodeImage(config, store, pixels(), options) : encodeText(config, store, ids(), mask(), options);
      const { value, grads } = tf.variableGrads(
        () => tf.mean(tf.square(tf.sub(encode(), 0.3))),
        trained.map(({ variable }) => variable),
      );
      return [value, ...trained.map(({ variable }) => grads[variable.name]!)];
    };
    const seed = tf.tensor1d([3, 0], 'int32');
    const program = captured ? capture(step) : undefined;
    const results = program === undefined ? tf.tidy(() => step(seed)) : program(seed);
    const statistics = store.entries().filter(({ buffer }) => buffer);
    const values = [...results, ...statistics.map(({ variable }) => variable)].map((tensor) => [...tensor.dataSync()]);
    program?.dispose();
    tf.dispose([...results, seed]);
    store.dispose();
    return values;
  }

  it.each([
    ['image', ['backbone.blocks.1', 'learnable'], false],
    ['image', ['backbone', 'learnable'], true],
    ['text', ['backbone.bert', 'learnable'], false],
    ['text', ['learnable.textAtt.layers.0'], true],
  ] as const)('changes nothing of the %s tower but what it holds: %j, captured: %s', (tower, checkpoints, captured) => {
    const before = tf.memory().numTensors;
    const found = run(tower, [...checkpoints], captured);
    const wanted = run(tower, [], captured);
    expect(tf.memory().numTensors).toBe(before);
    expect(found).toHaveLength(wanted.length);
    for (const [index, values] of wanted.entries()) {
      expect(found[index]).toEqual(values.map((value) => expect.closeTo(value, 6) as number));
    }
  });
});
