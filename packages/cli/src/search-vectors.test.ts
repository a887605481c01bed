import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engineStatus } from '@wenlan/engine';
import { loadRun, type LoadedRun } from '@wenlan/model';
import { emptyPair, openDataset } from '@wenlan/shards';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandContext } from './command-context.ts';
import { runCommandLine } from './command-line.ts';
import { searchVectors, type VectorSearch } from './search-vectors.ts';
import { datasetCollections } from './serve/dataset-collections.ts';

const PAIRS = 24;
const hasEngine = (await engineStatus()).record !== undefined;
if (!hasEngine) process.stdout.write('search is not tested: no engine is installed; run `wenlan engine install`.\n');

let folder: string;
const at = (name: string): string => join(folder, name);

/** Twenty-four colours, three pairs to a caption. */
async function writePairs(): Promise<void> {
  const writer = await openDataset(at('clean'), { stage: 'clean', recipe: {} });
  const rows = Array.from({ length: PAIRS }, async (_, index) => {
    const colour = { r: index * 10, g: 255 - index * 7, b: (index * 53) % 256 };
    const image = await sharp({ create: { width: 32, height: 32, channels: 3, background: colour } })
      .png()
      .toBuffer();
    return emptyPair({
      id: `id-${String(index).padStart(2, '0')}`,
      source: 'local',
      outcome: 'ok',
      image,
      mime: 'image/png',
      width: 32,
      height: 32,
      texts: [{ kind: 'caption', text: `第${Math.floor(index / 3)}种颜色` }],
    });
  });
  await writer.append(await Promise.all(rows), 'train');
  await writer.finish();
  await writer.close();
}

describe.skipIf(!hasEngine)(searchVectors, () => {
  let run: LoadedRun;
  const said: string[] = [];
  const context = {
    reporter: { progress: ({ stage }: { stage: string }) => said.push(stage), note: () => {} },
    signal: new AbortController().signal,
  } as unknown as CommandContext;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wenlan-search-'));
    await writePairs();
    const train = { model: { dim: 16 }, steps: 2, batchSize: 8, queueSize: 16, textBuckets: [16], vocabulary: { minCount: 1 } };
    await writeFile(at('wenlan.yaml'), JSON.stringify({ seed: 1, train }));
    const streams = { stdout: { write: () => {} }, stderr: { write: () => {} } };
    const args = ['train', '--data', at('clean'), '--out', at('run'), '--config', at('wenlan.yaml'), '--workers', '0'];
    expect(await runCommandLine(args, streams)).toBe(0);
    run = await loadRun(at('run'));
  }, 180_000);
  afterAll(async () => {
    run.dispose();
    await rm(folder, { recursive: true });
  });

  it.each(['pictures', 'captions'] as const)('finds %s by an index as by all vectors', { timeout: 60_000 }, async (what) => {
    const query = await run.encodeTexts(['第5种颜色']);
    const search: VectorSearch = { folder: at('run'), run, data: at('clean'), captionKinds: ['caption'], what, query, top: 7 };
    const exact = await searchVectors(search, context);
    expect(said).not.toContain('index');
    const approximate = await searchVectors({ ...search, approximateFromRows: PAIRS }, context);
    expect(said).toContain('index');
    said.length = 0;
    expect(exact).toHaveLength(7);
    expect(approximate.map(({ score }) => score)).toEqual(exact.map(({ score }) => expect.closeTo(score, 5) as number));
    if (what === 'pictures') expect(approximate.map(({ id }) => id)).toEqual(exact.map(({ id }) => id));
    else {
      expect(approximate.map(({ text }) => text)).toEqual(exact.map(({ text }) => text));
      expect(new Set(approximate.map(({ text }) => text)).size).toBe(7);
      expect(exact[0]).toMatchObject({ text: '第5种颜色', score: expect.closeTo(1, 4) as number });
    }
    expect((await readdir(at('run/vectors'))).some((name) => name.startsWith(what) && name.endsWith('.usearch'))).toBe(true);
  });

  it('gives the studio the same matches from an index as from all vectors', { timeout: 60_000 }, async () => {
    const dataset = { name: 'clean', location: at('clean') };
    const options = { folder: at('run'), run, captionKinds: ['caption'] as const };
    const exact = await datasetCollections(dataset, options, context);
    const approximate = await datasetCollections(dataset, options, context, PAIRS);
    try {
      const vector = await run.encodeTexts(['第5种颜色']);
      for (const [index, collection] of exact.collections.entries()) {
        const other = approximate.collections[index]!;
        const [found, alike] = [await collection.search(vector, 5), await other.search(vector, 5)];
        expect([other.name, other.kind]).toEqual([collection.name, collection.kind]);
        expect(found).toHaveLength(5);
        expect(alike).toEqual(found.map((match) => ({ ...match, score: expect.closeTo(match.score, 5) as number })));
      }
      expect(exact.collections.map(({ size }) => size)).toEqual([PAIRS, PAIRS / 3]);
    } finally {
      await approximate.close();
    }
  });
});
