import { describe, expect, it } from 'vitest';
import { PRESETS, resolveModel } from './index.ts';

describe(resolveModel, () => {
  it.each(Object.keys(PRESETS))('knows %s, a config as it stands', (name) => {
    expect(resolveModel({ extends: name })).toEqual(resolveModel(name));
  });

  it('overrides at any depth and starts from tiny', () => {
    const model = resolveModel({ side: 48, image: { attention: { layers: 2 } } });
    expect(model).toEqual({
      ...PRESETS.tiny,
      side: 48,
      image: { ...PRESETS.tiny.image, attention: { ...PRESETS.tiny.image.attention, layers: 2 } },
    });
    expect(resolveModel({ extends: 'brivl-1.0', image: { frozen: [] } }).image.frozen).toEqual([]);
  });

  it.each([
    ['medium', 'There is no model "medium"; name one of tiny, small, brivl-1.0, brivl-released.'],
    [{ extends: 'large' }, 'There is no model "large"'],
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
