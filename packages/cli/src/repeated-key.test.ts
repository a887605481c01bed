import { describe, expect, it } from 'vitest';
import { repeatedKey } from './repeated-key.ts';

describe(repeatedKey, () => {
  it.each([
    ['{"a": 1,\n "b": 2,\n "a": 3}', { key: 'a', line: 3 }],
    ['[{"x": {"猫": 1, "\\u732b": 2}}]', { key: '猫', line: 1 }],
    ['{"a": [{"b": 1}], "c": "d", "c": 1}', { key: 'c', line: 1 }],
  ])('finds it in %j', (json, found) => {
    expect(repeatedKey(json)).toEqual(found);
  });

  it.each(['{"a": {"a": 1}, "b": {"a": 2}}', '[{"a": 1}, {"a": 1}]', '{"a": "a\\": {\\"a\\"", "b": ["a", "a"]}', '3'])(
    'finds none in %s',
    (json) => {
      expect(repeatedKey(json)).toBeUndefined();
    },
  );
});
