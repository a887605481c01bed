import { describe, expect, it } from 'vitest';
import { PRESET_NAMES } from './preset-file.ts';
import { resolveModel } from './resolve-model.ts';

describe(resolveModel, () => {
  it.each([...PRESET_NAMES])('knows %s, a model as it stands', (name) => {
    expect(resolveModel({ extends: name })).toEqual(resolveModel(name));
  });

  it('overrides at any depth and starts from tiny', () => {
    const tiny = resolveModel('tiny');
    const model = resolveModel({ side: 64, image: { attention: { layers: 2 } } });
    expect(model).toEqual({
      ...tiny,
      side: 64,
      image: { ...tiny.image, attention: { ...tiny.image.attention, layers: 2 } },
    });
    expect(resolveModel({ extends: 'brivl-1.0', image: { frozen: [] } }).image.frozen).toEqual([]);
  });

  it('has the ways of the released code in brivl-released, and those of the paper in brivl-1.0', () => {
    const ways = (['brivl-released', 'brivl-1.0'] as const).map((name) => {
      const { image, text, frozenLayers } = resolveModel(name);
      return [image.regions.alignment, text.attentionMask, frozenLayers];
    });
    expect(ways).toEqual([
      ['released', false, 'training'],
      ['exact', true, 'inference'],
    ]);
  });

  it.each([
    ['medium', 'There is no model "medium"; name one of tiny, small, brivl-1.0, brivl-released.'],
    [{ extends: 'large' }, 'There is no model "large"'],
    [{ extends: 3 }, 'There is no model "3"'],
    [{ image: { widht: 2 } }, 'model.image.widht is not a known key; remove it or correct its name.'],
    [{ dim: 0 }, /^model\.dim is wrong \(.*\); correct it\.$/],
    [
      { text: { bert: { heads: 5 } } },
      /^model\.text\.bert\.heads is 5, but \d+ features don't divide by it; choose a divisor\.$/,
    ],
  ])('refuses %j', (model, sentence) => {
    expect(() => resolveModel(model)).toThrow(sentence);
  });
});
