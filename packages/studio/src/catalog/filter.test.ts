import { describe, expect, test } from 'vitest';
import { conditionOf, filterSchema } from './filter.ts';

const columns = new Set(['width', 'score:a"b']);

describe(conditionOf, () => {
  test('lets everything through without conditions', () => {
    expect(conditionOf({}, columns)).toEqual({ sql: 'true', values: [] });
  });

  test('carries every value as a parameter, also one that looks like SQL', () => {
    const { sql, values } = conditionOf({ source: ["' OR 1=1 --", 'news'], words: "狗  '; DROP" }, columns);
    expect(sql).toBe('source IN ($1, $2) AND contains(words, $3) AND contains(words, $4) AND contains(words, $5)');
    expect(values).toEqual(["' OR 1=1 --", 'news', '狗', "';", 'drop']);
  });

  test('quotes the names of columns, leaves open ends out, and leaves out the column that is drawn', () => {
    const filter = { ranges: { width: [100, null], 'score:a"b': [0.5, 1] } } as const;
    const ranges = structuredClone(filter) as unknown as { ranges: Record<string, [number | null, number | null]> };
    expect(conditionOf(ranges, columns)).toEqual({
      sql: '"width" >= $1 AND "score:a""b" >= $2 AND "score:a""b" <= $3',
      values: [100, 0.5, 1],
    });
    expect(conditionOf(ranges, columns, 'width').values).toEqual([0.5, 1]);
  });

  test('refuses a range of a column that is not there', () => {
    expect(() => conditionOf({ ranges: { nothing: [1, 2] } }, columns)).toThrow('There is no column nothing; there are width');
  });
});

describe('filterSchema', () => {
  test('refuses keys and values that no filter has', () => {
    expect(filterSchema.safeParse({ sql: '1' }).success).toBe(false);
    expect(filterSchema.safeParse({ ranges: { width: [Number.NaN, 1] } }).success).toBe(false);
    expect(filterSchema.safeParse({ source: [] }).success).toBe(false);
  });
});
