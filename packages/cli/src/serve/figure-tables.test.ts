import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { retrieval } from '@wenlan/evaluation';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { figureTables } from './figure-tables.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-tables-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Retrieval of four pictures, whose texts lie so far from them. */
const retrievalAt = (distance: number): ReturnType<typeof retrieval> => {
  const images = { values: Float32Array.of(1, 0, 0, 1, -1, 0, 0, -1), rows: 4, dim: 2 };
  const turned = Float32Array.from(images.values, (value, at) => value + distance * images.values[at ^ 1]!);
  const truth = [[0], [1], [2], [3]];
  return retrieval({ images, texts: { values: turned, rows: 4, dim: 2 }, truth, captionPolicy: 'one each', recallAt: [1] });
};

describe(figureTables, () => {
  it('has a line for each run of a split, with intervals, chance and conditions', async () => {
    const runs = [];
    for (const [name, distance] of [
      ['brivl', 0],
      ['clip', 5],
    ] as const) {
      const run = join(folder, name);
      await mkdir(run);
      const evaluation = { retrieval: await retrievalAt(distance) };
      await writeFile(join(run, 'evaluation-test.json'), JSON.stringify({ key: '', evaluation }));
      runs.push({ name, folder: run });
    }
    const [table, ...rest] = await figureTables(runs, []);
    expect(rest).toEqual([]);
    expect(table).toMatchObject({ title: 'Recall, split test', columns: ['i2t R@1', 't2i R@1', 'MR6'] });
    expect(table!.lines.map(({ name, figures }) => [name, figures['i2t R@1']!.value])).toEqual([
      ['brivl', 100],
      ['clip', 0],
    ]);
    expect(table!.lines[0]!.figures['i2t R@1']).toMatchObject({ low: 100, high: 100 });
    expect(table!.notes).toMatchObject({ 'pictures × texts': 'brivl: 4 × 4; clip: 4 × 4', captions: 'one each' });
    expect(table!.notes['chance']).toContain('i2t R@1 25.00');
  });

  it('has the systems of a comparison over their seeds, and says what is not trained yet', async () => {
    const one = { system: 'BriVL', condition: 'weak', queueSize: null, steps: 1, step: 1, seconds: 1, peakMegabytes: 1 };
    const beside = { captions: null, zeroShot: null, loss: [], validation: [] };
    const runs = [];
    for (const [seed, distance] of [
      [1, 0],
      [2, 5],
    ] as const)
      runs.push({ ...one, ...beside, seed, retrieval: await retrievalAt(distance) });
    const comparison = { title: 'Claim', runs, missing: ['CLIP, weak, seed 1'], footer: { split: 'test' }, published: [] };
    await writeFile(join(folder, 'comparison.json'), JSON.stringify(comparison));
    const [table] = await figureTables([], [folder]);
    expect(table).toMatchObject({ title: 'Claim', notes: { split: 'test', 'not trained yet': 'CLIP, weak, seed 1' } });
    expect(table!.lines).toMatchObject([{ name: 'BriVL, weak, 2 seeds', figures: { 'i2t R@1': { value: 50 } } }]);
  });

  it('refuses a comparison that is no JSON by its name', async () => {
    await writeFile(join(folder, 'comparison.json'), '{');
    await expect(figureTables([], [folder])).rejects.toMatchObject({ code: 'FILE_NOT_JSON', exitStatus: 2 });
  });
});
