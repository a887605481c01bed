import { describe, expect, it } from 'vitest';
import { canonicalHash, canonicalJson, firstDifference } from './canonical-json.ts';

describe(canonicalJson, () => {
  it('depends on values, not on the order of keys', () => {
    expect(canonicalJson({ b: [{ d: 1, c: undefined }], a: null })).toBe(canonicalJson({ a: null, b: [{ d: 1 }] }));
    expect(canonicalHash({ b: 1, a: 2 })).toBe(canonicalHash({ a: 2, b: 1 }));
    expect(canonicalHash({ a: 2 })).not.toBe(canonicalHash({ a: 3 }));
  });
});

describe(firstDifference, () => {
  it('names the key at which two values part', () => {
    const before = { image: { minSide: 32 }, seeds: ['a', 'b'], name: 'x' };
    expect(firstDifference(before, structuredClone(before))).toBeNull();
    expect(firstDifference(before, { ...before, image: { minSide: 48 } })).toEqual({
      key: 'image.minSide',
      before: 32,
      after: 48,
    });
    expect(firstDifference(before, { ...before, seeds: ['a', 'b', 'c'] })).toEqual({
      key: 'seeds.2',
      before: undefined,
      after: 'c',
    });
    expect(firstDifference([], {})).toEqual({ key: '', before: [], after: {} });
  });
});
