import { loadEngine, tf } from '@wenlan/engine';
import { beforeAll, describe, expect, it } from 'vitest';
import { distanceFrom, fill, filledStore, type Summary } from '../../test/support/filling.ts';
import { efficientNet, efficientNetParameters } from './efficientnet.ts';
import b0 from './fixtures/efficientnet-b0.json' with { type: 'json' };
import b5 from './fixtures/efficientnet-b5.json' with { type: 'json' };
import { ForwardPass } from './forward-pass.ts';
import { ParameterStore } from './parameter-store.ts';
import { resolveModel } from '../presets/resolve-model.ts';

/** EfficientNet-B0. */
const config = { ...resolveModel('small').image.backbone, headChannels: 1280, classes: 1000 };

describe(efficientNet, () => {
  beforeAll(async () => {
    await loadEngine();
  });

  it.each([
    ['b0', 64, {}, b0],
    ['b5', 96, { width: 1.6, depth: 2.2 }, b5],
  ] as const)('has the feature maps of timm after every stage: %s', (name, side, scaling, fixture) => {
    const before = tf.memory().numTensors;
    const scaled = { ...config, ...scaling };
    const specs = efficientNetParameters('net', scaled);
    const store = filledStore(specs, fixture.parameters, (own) => own.replace('net.', `tf_efficientnet_${name}/`));
    const expected: Record<string, Summary> = fixture.expected;
    const distances: Record<string, number> = {};
    tf.tidy(() => {
      const toTorch = (map: tf.Tensor4D): tf.Tensor => tf.transpose(map, [0, 3, 1, 2]);
      const input = tf.tensor4d(fill(`tf_efficientnet_${name}/input`, 3 * side ** 2), [1, 3, side, side]);
      const pass = new ForwardPass(store, { training: false }, true);
      const map = efficientNet(pass, 'net', tf.transpose(input, [0, 2, 3, 1]), scaled, {}, (stage, map) => {
        distances[stage] = distanceFrom(toTorch(map), expected[stage === 'conv_stem' ? 'stem_bn_act' : stage]!);
      });
      distances['forward_features'] = distanceFrom(toTorch(map), expected['forward_features']!);
    });
    store.dispose();
    expect(Object.keys(distances)).toHaveLength(Object.keys(expected).length);
    expect(distances).toEqual(Object.fromEntries(Object.keys(distances).map((stage) => [stage, expect.closeTo(0, 5)])));
    expect(tf.memory().numTensors).toBe(before);
  });

  it('halves an uneven side upwards, as TensorFlow pads', () => {
    const small = { ...config, width: 0.25, classes: 0 };
    const store = ParameterStore.of(efficientNetParameters('net', small), 1);
    const map = tf.tidy(() =>
      efficientNet(new ForwardPass(store, { training: false }, true), 'net', tf.zeros([1, 75, 70, 3]), small),
    );
    expect(map.shape).toEqual([1, 3, 3, 320]);
    map.dispose();
    store.dispose();
  });
});
