import { loadEngine, tf } from '@wenlan/engine';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { distanceFrom, fill, filledStore } from '../../test/support/filling.ts';
import fixture from './fixtures/fusion.json' with { type: 'json' };
import { ForwardPass } from './forward-pass.ts';
import { fusion, fusionParameters, maskedMean } from './fusion.ts';
import { l2Normalize } from './l2-normalize.ts';
import { attentionBias } from './multi-head-attention.ts';
import type { ParameterStore } from './parameter-store.ts';
import { selfAttention } from './self-attention.ts';

const names = { attention: 'learnable.imgAtt', fc: 'learnable.imgFC' };
const attention = { layers: 2, heads: 4, feedForward: 2048, dropout: 0 };
const { inputs, expected } = fixture;

describe(fusion, () => {
  let store: ParameterStore;
  let pass: ForwardPass;
  beforeAll(async () => {
    await loadEngine();
    store = filledStore(fusionParameters(names, 32, 32, attention), fixture.parameters, (name) => `fusion/${name}`);
    pass = new ForwardPass(store, { training: false }, true);
  });
  afterAll(() => store.dispose());

  const input = (): tf.Tensor3D => tf.tensor3d(fill('fusion/input', 2 * 5 * 32), [2, 5, 32]);
  const mask = (): tf.Tensor2D => tf.tensor2d(inputs.mask);
  const attended = (layers: number): tf.Tensor3D => {
    const x = l2Normalize(tf.reshape(input(), [10, 32]));
    const sequence = { x, bias: attentionBias(mask()), batch: 2, tokens: 5 };
    return tf.reshape(selfAttention(pass, names.attention, sequence, { ...attention, layers }), [2, 5, 32]);
  };

  it('has the L2 norm, the layers and the masked mean of the released code', () => {
    tf.tidy(() => {
      expect(distanceFrom(attended(0), expected.l2norm_in)).toBeLessThan(1e-6);
      const layer = attended(1);
      expect(distanceFrom(tf.reshape(tf.slice(layer, 0, 1), [5, 32]), expected.layer0_row0)).toBeLessThan(1e-5);
      expect(distanceFrom(tf.reshape(tf.slice(layer, [1, 0, 0], [1, 3, 32]), [3, 32]), expected.layer0_row1_valid3)).toBeLessThan(
        1e-5,
      );
      expect(distanceFrom(maskedMean(attended(2), mask()), expected.masked_mean)).toBeLessThan(1e-5);
    });
  });

  it('has its feature', () => {
    tf.tidy(() => {
      expect(distanceFrom(fusion(pass, names, input(), mask(), attention), expected.fc_out)).toBeLessThan(1e-5);
    });
  });

  it('without a mask is the one with nothing masked', () => {
    tf.tidy(() => {
      const [plain, ones] = [null, tf.ones<tf.Rank.R2>([2, 5])].map((mask) => fusion(pass, names, input(), mask, attention));
      expect(tf.max(tf.abs(tf.sub(plain!, ones!))).dataSync()[0]).toBeLessThan(1e-5);
    });
  });
});
