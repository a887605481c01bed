import { describe, expect, it } from 'vitest';
import type { PresetName } from './presets/preset-file.ts';
import { resolveModel } from './presets/resolve-model.ts';
import fixture from './nn/fixtures/released-state-dict.json' with { type: 'json' };
import { fromReleasedName, isDerived, toReleasedName } from './released-names.ts';
import { type TowerKind, towerParameters } from './tower-parameters.ts';

const released = fixture.entries as [name: string, shape: number[], kind: 'yes' | 'no' | 'buffer'][];

describe(towerParameters, () => {
  it('has every tensor of the released state dict, in its order, with its shape and training', () => {
    const kinds: TowerKind[] = ['image', 'text'];
    const ours = kinds.flatMap((kind) =>
      towerParameters(resolveModel('brivl-released'), kind, 21128).map(
        ({ name, torchShape, trainable = true, buffer = false }) => [
          toReleasedName({ kind, momentum: false, name }),
          torchShape,
          buffer ? 'buffer' : trainable ? 'yes' : 'no',
        ],
      ),
    );
    const theirs = released.filter(([name]) => fromReleasedName(name) !== undefined && !isDerived(name));
    expect(ours).toEqual(theirs);
    expect(released.length - theirs.length).toBe(4 + 116 + 1); // queues and pointers, counters, position_ids
  });

  it('has the sizes of the published models', () => {
    const millions = (name: PresetName): number => {
      const all = (['image', 'text'] as const).flatMap((kind) => towerParameters(resolveModel(name), kind, 21128));
      const sizes = all
        .filter(({ buffer }) => buffer !== true)
        .map(({ torchShape }) => torchShape.reduce((product, side) => product * side, 1));
      return sizes.reduce((sum, size) => sum + size, 0) / 1e6;
    };
    expect(2 * millions('brivl-released')).toBeCloseTo(547.6, 1);
    expect(2 * millions('brivl-1.0')).toBeGreaterThan(1000);
  });
});

describe(fromReleasedName, () => {
  it('reads what is written, for both encoders and their momentum copies', () => {
    for (const kind of ['image', 'text'] as const) {
      for (const momentum of [true, false]) {
        const tensor = { kind, momentum, name: 'learnable.imgFC.fc1.bias' };
        expect(fromReleasedName(toReleasedName(tensor))).toEqual(tensor);
        expect(fromReleasedName(toReleasedName(tensor).replace('learnable.', ''))).toEqual(tensor);
      }
    }
    expect(toReleasedName({ kind: 'text', momentum: true, name: 'backbone.bert.pooler.dense.bias' })).toBe(
      'learnable.textencoder_mom.backbone.bert.pooler.dense.bias',
    );
    expect(fromReleasedName('img_queue')).toBeUndefined();
  });
});
