import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyPair, openDataset } from '@wenlan/shards';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodePng } from '../../test/support/png.ts';
import type { LoadedRun } from '../run.ts';
import { encodeDataset, encodeSentences } from './encode-dataset.ts';
import { readVectorFile } from './vector-file.ts';

const PAIRS = 6;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-encode-dataset-'));
  const writer = await openDataset(join(folder, 'data'), { stage: 'clean', recipe: {} });
  for (let index = 0; index < PAIRS; index += 1) {
    const image = encodePng(8, 8, () => [40 * index, 0, 0]);
    const texts = index === 4 ? [] : [{ kind: 'caption' as const, text: `第${index}张` }];
    const bytes = index === 2 ? Buffer.from('no picture') : image;
    await writer.append([
      emptyPair({ id: `id-${index}`, source: 'local', outcome: index === 5 ? 'decode' : 'ok', image: bytes, texts }),
    ]);
  }
  await writer.finish();
});
afterAll(() => rm(folder, { recursive: true }));

/** Two towers of one number: the mean of a picture's pixels and the length of a text, times what tells two trained models apart. */
function towers(weightsSha256: string, factor: number, failAfter = Number.POSITIVE_INFINITY): LoadedRun {
  let calls = 0;
  const counted = <Value>(value: Value): Value => {
    calls += 1;
    if (calls > failAfter) throw new Error('killed');
    return value;
  };
  const run: Pick<LoadedRun, 'dim' | 'side' | 'step' | 'weightsSha256' | 'encodeImages' | 'encodeTexts'> = {
    dim: 1,
    side: 4,
    step: 100,
    weightsSha256,
    encodeImages: async (pixels, count) =>
      counted(Float32Array.from({ length: count }, (_, index) => factor * pixels[index * 48]!)),
    encodeTexts: async (texts) => counted(Float32Array.from(texts, (text) => factor * text.length)),
  };
  return run as LoadedRun;
}

describe('encoding', () => {
  test('takes the pairs that are ok, and counts those without a text or with a picture that is none', async () => {
    const options = { out: join(folder, 'pictures.arrow'), captionKinds: ['caption'] as const };
    expect(await encodeDataset(towers('a', 1), 'pictures', join(folder, 'data'), options)).toEqual({ rows: 3, skipped: 2 });
    const { ids, texts, values } = await readVectorFile(options.out);
    expect([ids, texts]).toEqual([
      ['id-0', 'id-1', 'id-3'],
      ['第0张', '第1张', '第3张'],
    ]);
    expect(values[2]).toBeCloseTo(120 / 255, 5);
    const captions = { out: join(folder, 'captions.arrow'), captionKinds: ['caption'] as const };
    expect(await encodeDataset(towers('a', 1), 'captions', join(folder, 'data'), captions)).toEqual({ rows: 4, skipped: 1 });
  });

  test('does not go on with what another model of the same step has left', async () => {
    const out = join(folder, 'sentences.arrow');
    const sentences = Array.from({ length: 1500 }, (_, index) => '字'.repeat(1 + (index % 5)));
    await expect(encodeSentences(towers('a', 1, 1), sentences, { out })).rejects.toThrow('killed');
    await encodeSentences(towers('b', 2), sentences, { out });
    const { values } = await readVectorFile(out);
    expect([...values]).toEqual(sentences.map(({ length }) => 2 * length));
  });
});
