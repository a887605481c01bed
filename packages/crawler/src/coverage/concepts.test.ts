import type { PairText } from '@wenlan/shards';
import { expect, it } from 'vitest';
import { conceptsOf } from './concepts.ts';

it.each<[string, PairText[], string[]]>([
  [
    'tags',
    [
      { kind: 'tag', text: '大熊猫' },
      { kind: 'title', text: '动物园' },
      { kind: 'tag', text: 'Panda' },
    ],
    ['大熊猫', 'panda'],
  ],
  ['words of titles', [{ kind: 'title', text: '故宫博物院的雪，2024 年' }], ['故宫', '博物院']],
  [
    'each once',
    [
      { kind: 'title', text: '雪山' },
      { kind: 'title', text: '雪山' },
    ],
    ['雪山'],
  ],
  ['nothing of captions', [{ kind: 'caption', text: '雪山' }], []],
])('%s', (_, texts, expected) => {
  expect(conceptsOf({ texts })).toEqual(expected);
});
