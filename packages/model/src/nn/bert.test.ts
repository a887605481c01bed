import { loadEngine, tf } from '@wenlan/engine';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { distanceFrom, filledStore } from '../../test/support/filling.ts';
import { bert, type BertConfig, bertParameters } from './bert.ts';
import fixture from './fixtures/bert.json' with { type: 'json' };
import { ForwardPass } from './forward-pass.ts';
import { attentionBias } from './multi-head-attention.ts';
import type { ParameterStore } from './parameter-store.ts';

const config: BertConfig = { layers: 2, hidden: 64, heads: 4, intermediate: 256, positions: 512, dropout: 0, pooler: true };
const { inputs, expected } = fixture;

describe(bert, () => {
  let store: ParameterStore;
  beforeAll(async () => {
    await loadEngine();
    store = filledStore(bertParameters('bert', config, 128), fixture.parameters, (name) => name.replace('bert.', 'bert/'));
  });
  afterAll(() => store.dispose());

  const run = (masked: boolean, layers = 2): tf.Tensor3D => {
    const ids = tf.tensor2d(inputs.ids, [2, 7], 'int32');
    const bias = masked ? attentionBias(tf.tensor2d(inputs.mask)) : null;
    const pass = new ForwardPass(store, { training: false }, true);
    return tf.reshape(bert(pass, 'bert', { x: ids, bias, batch: 2, tokens: 7 }, { ...config, layers }), [2, 7, 64]);
  };

  it('has the embeddings of transformers', () => {
    tf.tidy(() => {
      expect(distanceFrom(run(true, 0), expected.embeddings)).toBeLessThan(1e-5);
    });
  });

  it('has its hidden states with the attention mask', () => {
    tf.tidy(() => {
      expect(distanceFrom(run(true), expected.withMask)).toBeLessThan(1e-5);
      const row = tf.slice(run(true), [1, 0, 0], [1, 4, 64]);
      expect(distanceFrom(tf.reshape(row, [4, 64]), expected.withMaskRow1)).toBeLessThan(1e-5);
    });
  });

  it('has its hidden states without one, as the released code calls it', () => {
    tf.tidy(() => {
      expect(distanceFrom(run(false), expected.withoutMask)).toBeLessThan(1e-5);
    });
  });

  it('refuses a text longer than its positions', () => {
    const pass = new ForwardPass(store, { training: false }, true);
    tf.tidy(() => {
      const ids = tf.zeros<tf.Rank.R2>([1, 513], 'int32');
      expect(() => bert(pass, 'bert', { x: ids, bias: null, batch: 1, tokens: 513 }, config)).toThrow(
        '513 tokens are more than its 512 positions',
      );
    });
  });
});
