import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyPair, openDataset, type Pair, pairId } from '@wenlan/shards';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { countConcepts } from './concept-counts.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-concept-counts-'));
});
afterAll(() => rm(folder, { recursive: true }));

function pair(source: Pair['source'], name: string, tags: string[], outcome: Pair['outcome'] = 'ok'): Pair {
  const imageUrl = `http://a.test/${name}.png`;
  return emptyPair({
    id: pairId(imageUrl, null),
    source,
    outcome,
    imageUrl,
    texts: [...tags.map((text) => ({ kind: 'tag' as const, text })), { kind: 'caption', text: '一只猫' }],
  });
}

it('counts the concepts of pictures that are there, source by source, most first', async () => {
  const writer = await openDataset(folder, { stage: 'raw', recipe: {} });
  await writer.append([
    pair('web', 'a', ['雪山', 'Sky']),
    pair('web', 'b', ['雪山']),
    pair('web', 'c', []),
    pair('web', 'd', ['雪山'], 'timeout'),
    pair('news', 'e', ['b', 'a']),
  ]);
  await writer.finish();
  await writer.close();
  expect(await countConcepts(folder)).toEqual([
    {
      source: 'news',
      pictures: 1,
      withoutConcept: 0,
      concepts: [
        ['a', 1],
        ['b', 1],
      ],
    },
    {
      source: 'web',
      pictures: 3,
      withoutConcept: 1,
      concepts: [
        ['雪山', 2],
        ['sky', 1],
      ],
    },
  ]);
});

it('refuses a folder that is no dataset', async () => {
  await expect(countConcepts(join(folder, 'none'))).rejects.toMatchObject({ code: 'DATASET_MISSING' });
});
