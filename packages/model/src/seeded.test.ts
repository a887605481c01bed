import { describe, expect, it } from 'vitest';
import { seededUint32, seededUniform } from './seeded.ts';

describe(seededUniform, () => {
  it('depends on every part and on nothing else', () => {
    expect(seededUniform(7, 'text', 0, 'id')).toBe(seededUniform(7, 'text', 0, 'id'));
    const draws = [seededUint32(7, 'a'), seededUint32(8, 'a'), seededUint32(7, 'b'), seededUint32('7a'), seededUint32(7, 'a', 0)];
    expect(new Set(draws).size).toBe(5);
  });

  it('is even', () => {
    const buckets = Array.from({ length: 10 }, () => 0);
    for (let index = 0; index < 10_000; index++) buckets[Math.floor(10 * seededUniform('even', index))]!++;
    expect(Math.min(...buckets)).toBeGreaterThan(900);
    expect(Math.max(...buckets)).toBeLessThan(1100);
  });
});
