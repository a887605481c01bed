import { describe, expect, it } from 'vitest';
import { fill, fnv1a32 } from '../../test/support/filling.ts';
import fixture from './fixtures/filling-formula.json' with { type: 'json' };

describe(fill, () => {
  it.each(fixture.checks)('fills "$name" as written down', ({ name, hash, at, values }) => {
    expect(fnv1a32(name)).toBe(hash);
    const filled = fill(name, Math.max(...at) + 1);
    at.forEach((index, row) => expect(filled[index]).toBeCloseTo(values[row]!, 6));
  });
});
