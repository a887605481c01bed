import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDataset, readPairs } from '@wenlan/shards';
import type { Pair } from '@wenlan/shards';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clean, parseRecipe, retune, vectorScorer } from '../src/index.ts';
import type { CleanOptions, CleanSummary, Detector, PairScorer, Recipe } from '../src/index.ts';
import { drawing } from './support/drawings.ts';
import { rawRow, TEST_RECIPE, writeRaw } from './support/raw-dataset.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-models-'));
});
afterAll(() => rm(folder, { recursive: true }));

const recipeWith = (change: Record<string, unknown>, split = { validation: 0, test: 0 }): Recipe =>
  parseRecipe({
    extends: 'default',
    name: 'models',
    change: { 'min-side': { min: 32 }, bytes: { min: 100 }, blur: { min: 0 }, 'text-frequency': { max: 100 }, ...change },
    encode: TEST_RECIPE.encode,
    split,
  });

let runs = 0;
async function cleanRows(
  rows: Pair[],
  options: Omit<CleanOptions, 'out' | 'seed'>,
): Promise<{ out: string; summary: CleanSummary; byName: Map<string, Pair & { split: string }> }> {
  const out = join(folder, `run-${(runs += 1)}`);
  const summary = await clean(await writeRaw(`${out}-raw`, rows), { out, seed: 5, ...options });
  const byName = new Map<string, Pair & { split: string }>();
  for (const split of ['train', 'validation', 'test', 'dropped'])
    for await (const batch of readPairs(out, { splits: [split] }))
      for (const row of batch) byName.set(row.imageUrl!.split('/').at(-1)!, { ...row, split });
  return { out, summary, byName };
}

const png = (seed: number): Promise<Buffer> => drawing(seed, 80, 60).png().toBuffer();
const outcomes = (byName: Map<string, Pair>): Record<string, string> =>
  Object.fromEntries([...byName].map(([name, { outcome }]) => [name, outcome]));

describe('a detector', () => {
  /** Finds what is purely red: the bounding box of such pixels is a face. */
  const red: Detector = {
    name: 'red 1',
    async detect({ pixels, width }) {
      const raster = await pixels(400);
      let [x1, y1, x2, y2] = [raster.width, raster.height, 0, 0];
      for (let y = 0; y < raster.height; y += 1)
        for (let x = 0; x < raster.width; x += 1) {
          const at = (y * raster.width + x) * 3;
          if (raster.pixels[at]! < 250 || raster.pixels[at + 1]! > 5 || raster.pixels[at + 2]! > 5) continue;
          [x1, y1, x2, y2] = [Math.min(x1, x), Math.min(y1, y), Math.max(x2, x + 1), Math.max(y2, y + 1)];
        }
      const scale = width / raster.width;
      return x1 > x2 ? { score: 0, boxes: [] } : { score: 1, boxes: [[x1 * scale, y1 * scale, x2 * scale, y2 * scale]] };
    },
  };
  /** A picture with a red and blue pattern in the middle. */
  const withFace = async (): Promise<Buffer> => {
    const face = Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" width="30" height="30"><rect width="30" height="30" fill="#f00"/><rect x="10" y="10" width="4" height="4" fill="#00f"/></svg>',
    );
    return sharp(await png(1))
      .composite([{ input: face, left: 20, top: 15 }])
      .png()
      .toBuffer();
  };

  test('drops what is above the threshold, keeps all without a model, and its scores are retuned', async () => {
    const rows = [rawRow({ path: 'face.png', image: await withFace() }), rawRow({ path: 'none.png', image: await png(2) })];
    const strict = recipeWith({ faces: { max: 0, blur: false } });
    const { byName, out } = await cleanRows(rows, { recipe: strict, detectors: { faces: red } });
    expect(outcomes(byName)).toEqual({ 'face.png': 'filtered:faces', 'none.png': 'ok' });
    expect(byName.get('face.png')!.scores['faces']).toBe(1);
    expect(outcomes((await cleanRows(rows, { recipe: strict })).byName)).toEqual({ 'face.png': 'ok', 'none.png': 'ok' });
    expect((await retune(out, { recipe: recipeWith({ faces: { max: 1, blur: false } }) })).kept).toBe(2);
  });

  test('blurs faces in the dataset and in its samples when asked to', async () => {
    const image = await withFace();
    const { byName, summary } = await cleanRows([rawRow({ path: 'face.png', image })], {
      recipe: recipeWith({ faces: { max: 9, blur: true } }),
      detectors: { faces: red },
    });
    const { image: written, width, height } = byName.get('face.png')!;
    expect([width, height]).toEqual([80, 60]);
    const pixelsOf = async (bytes: Uint8Array): Promise<Buffer> => sharp(bytes).removeAlpha().raw().toBuffer();
    const [before, after] = [await pixelsOf(image), await pixelsOf(written!)];
    const pixel = (pixels: Buffer, x: number, y: number): number[] => [
      ...pixels.subarray((y * 80 + x) * 3, (y * 80 + x) * 3 + 3),
    ];
    // The blue mark in the face is gone, and what lies outside of it is as it was.
    expect(pixel(before, 32, 27)).toEqual([0, 0, 255]);
    expect(pixel(after, 32, 27)).not.toEqual([0, 0, 255]);
    expect(pixel(after, 32, 27)[2]).toBeLessThan(200);
    expect(pixel(after, 5, 5)).toEqual(pixel(before, 5, 5));
    const shown = Buffer.from(summary.samples.kept[0]!.thumbnail!.split(',')[1]!, 'base64');
    expect(pixel(await pixelsOf(shown), 32, 27)[2]).toBeLessThan(200);
  });

  test('comes from a module that the recipe names', async () => {
    const file = join(folder, 'detector.mjs');
    await writeFile(file, "export default () => ({ name: 'all', detect: async () => ({ score: 0.9 }) });\n");
    const rows = [rawRow({ path: 'a.png', image: await png(3) }), rawRow({ path: 'b.png', image: await png(4) })];
    const recipe = recipeWith({ nsfw: { module: file, max: 0.95 }, watermark: { module: file, max: 0.95 } });
    const { byName } = await cleanRows(rows, { recipe });
    expect(byName.get('a.png')!.scores).toMatchObject({ nsfw: Math.fround(0.9), watermark: Math.fround(0.9) });
  });

  test.each([
    ['is not there', 'nowhere.mjs', null, /can't be used: Cannot find module/],
    ['is no detector', 'wrong.mjs', 'export default { detect: 3 };', /can't be used: its default export is no detector/],
  ])('whose module %s is refused with a sentence', async (_what, name, source, message) => {
    const file = join(folder, name);
    if (source !== null) await writeFile(file, source);
    const failed = cleanRows([rawRow({ path: 'a.png', image: await png(3) })], {
      recipe: recipeWith({ nsfw: { module: file, max: 1 } }),
    });
    await expect(failed).rejects.toMatchObject({ code: 'DETECTOR_MODULE', exitStatus: 2 });
    await expect(failed).rejects.toThrow(message);
  });

  test('that fails says which', async () => {
    const broken: Detector = { name: 'broken 2', detect: () => Promise.reject(new Error('no memory')) };
    await expect(
      cleanRows([rawRow({ path: 'a.png', image: await png(3) })], { recipe: recipeWith({}), detectors: { nsfw: broken } }),
    ).rejects.toThrow('The detector broken 2 of the rule nsfw failed: no memory');
  });
});

describe('bands', () => {
  /** Ten pairs whose correlations go from 0 to 0.9. */
  const tenRows = async (): Promise<Pair[]> =>
    Promise.all(
      Array.from({ length: 10 }, async (_, index) =>
        rawRow({ path: `${index}.png`, image: await png(100 + index), texts: [`第${index}座古老的城门与城墙`] }),
      ),
    );
  const byNumber: PairScorer = {
    name: 'by number',
    score: (pairs) =>
      Promise.resolve(pairs.map(({ texts }) => ({ correlations: texts.map((text) => Number(/\d/.exec(text)![0]) / 10) }))),
  };
  const band = { strong: 0.65, unrelated: 0.25, quotas: {} as Record<string, number> };

  test('are empty without a scorer', async () => {
    const { byName, summary } = await cleanRows(await tenRows(), {
      recipe: recipeWith({ band: { ...band, quotas: { weak: 0 } } }),
    });
    expect(summary.kept).toBe(10);
    expect([...byName.values()].map((row) => row.band)).toEqual(Array.from({ length: 10 }, () => null));
  });

  test('sort by the configured scorer, and drop nothing for it', async () => {
    const { byName, summary } = await cleanRows(await tenRows(), { recipe: recipeWith({ band }), scorer: byNumber });
    expect(summary.kept).toBe(10);
    const names = Object.fromEntries([...byName].map(([name, row]) => [name[0], row.band]));
    expect(names).toEqual({
      0: 'unrelated',
      1: 'unrelated',
      2: 'unrelated',
      3: 'weak',
      4: 'weak',
      5: 'weak',
      6: 'weak',
      7: 'strong',
      8: 'strong',
      9: 'strong',
    });
    expect(byName.get('4.png')!.scores['band.correlation']).toBe(Math.fround(0.4));
  });

  test('are held to quotas by name, in the funnel, chosen by the seed; and retuned without the model', async () => {
    const { byName, summary, out } = await cleanRows(await tenRows(), {
      recipe: recipeWith({ band: { ...band, quotas: { unrelated: 0.1 } } }),
      scorer: byNumber,
    });
    expect(summary.kept).toBe(8);
    expect(Object.values(outcomes(byName)).filter((outcome) => outcome === 'filtered:band')).toHaveLength(2);
    expect(summary.funnel.find(({ rule }) => rule === 'band')).toMatchObject({ in: 10, out: 8 });
    expect((await retune(out, { recipe: recipeWith({ band: { ...band, quotas: { unrelated: 0, strong: 0.2 } } }) })).kept).toBe(
      6,
    );
  });

  test('a text that is printed in the picture is an over-match', async () => {
    const reader: Detector = {
      name: 'reader',
      detect: () => Promise.resolve({ score: 0.2, text: '欢迎光临：第3座古老的城门与城墙！' }),
    };
    const { byName } = await cleanRows(await tenRows(), {
      recipe: recipeWith({ band }),
      scorer: byNumber,
      detectors: { 'text-in-picture': reader },
    });
    expect(byName.get('3.png')!.band).toBe('over-match');
    expect(byName.get('3.png')!.scores['band.printed']).toBe(1);
  });

  test('come from vectors in files too, whose embeddings find semantic duplicates', async () => {
    const rows = await tenRows();
    const ids = rows.map(({ id }) => id);
    const images = Float32Array.from(ids.flatMap((_, index) => [Math.cos(index / 10), Math.sin(index / 10), 1]));
    images.set(
      images.slice(0, 3).map((value) => value * 2),
      3,
    ); // pictures 0 and 1 have one direction
    const recipe = recipeWith({ band, 'semantic-duplicate': { minCosine: 0.9999 } });
    const { byName } = await cleanRows(rows, { recipe, scorer: vectorScorer('test', { ids, images, texts: images }) });
    expect([byName.get('0.png')!.outcome, byName.get('1.png')!.outcome].filter((outcome) => outcome === 'ok')).toHaveLength(1);
    expect(byName.get('5.png')).toMatchObject({ outcome: 'ok', band: 'strong' });
    expect(() => vectorScorer('bad', { ids, images, texts: images.slice(1) })).toThrow(/as many of each for every pair/);
  });
});

describe('decontaminate', () => {
  test('drops pairs whose picture or text is in a set that the user names, from a dataset, a folder or a file', async () => {
    const evaluation = join(folder, 'evaluation');
    const writer = await openDataset(evaluation, { stage: 'import', recipe: {} });
    const jpeg = await drawing(7, 80, 60).jpeg({ quality: 85 }).toBuffer();
    await writer.append([rawRow({ path: 'e.jpg', image: jpeg, texts: ['评测集里的一句很长的图片说明文字'] })]);
    await writer.finish();
    const lines = join(folder, 'captions.txt');
    await writeFile(lines, '春天的颐和园昆明湖上游人如织划船赏景\n短文\n');
    const rows = [
      rawRow({ path: 'same.png', image: await png(7), texts: ['别的说明'] }),
      rawRow({ path: 'text.png', image: await png(8), texts: ['评测集里的一句很长的图片说明文字！'] }),
      rawRow({ path: 'near.png', image: await png(9), texts: ['春天的颐和园昆明湖上游人如织划船赏花'] }),
      rawRow({ path: 'short.png', image: await png(10), texts: ['短文'] }),
      rawRow({ path: 'other.png', image: await png(11) }),
    ];
    const { byName } = await cleanRows(rows, { recipe: recipeWith({ decontaminate: { sets: [evaluation, lines] } }) });
    expect(outcomes(byName)).toEqual({
      'same.png': 'filtered:decontaminate',
      'text.png': 'filtered:decontaminate',
      'near.png': 'filtered:decontaminate',
      'short.png': 'ok',
      'other.png': 'ok',
    });
    expect([byName.get('same.png')!.scores['decontaminate'], byName.get('text.png')!.scores['decontaminate']]).toEqual([1, 2]);
  });

  test('refuses a set that is not there or empty', async () => {
    const empty = join(folder, 'empty.txt');
    await writeFile(empty, '\n');
    for (const [set, message] of [
      [join(folder, 'nowhere'), /can't be used: it can't be read \(ENOENT\)/],
      [empty, /can't be used: it holds no picture and no text/],
    ] as const) {
      const failed = cleanRows([rawRow({ path: 'a.png', image: await png(3) })], {
        recipe: recipeWith({ decontaminate: { sets: [set] } }),
      });
      await expect(failed).rejects.toMatchObject({ code: 'EVALUATION_SET', exitStatus: 2 });
      await expect(failed).rejects.toThrow(message);
    }
  });
});

test('pairs with nearly the same text fall to one split, and share a cluster', async () => {
  const rows: Pair[] = [];
  for (let cluster = 0; cluster < 30; cluster += 1) {
    for (let copy = 0; copy < 3; copy += 1) {
      const text = `编号${String.fromCharCode(0x4e00 + cluster * 97).repeat(6)}的老照片记录了城市的旧貌与新颜${copy}`;
      rows.push(rawRow({ path: `${cluster}-${copy}.png`, image: await png(1000 + cluster * 3 + copy), texts: [text] }));
    }
  }
  const recipe = recipeWith({ 'near-duplicate-text': { max: 3 }, names: false }, { validation: 0.3, test: 0.3 });
  const { byName, summary } = await cleanRows(rows, { recipe });
  expect(summary.kept).toBe(90);
  for (let cluster = 0; cluster < 30; cluster += 1) {
    const members = [0, 1, 2].map((copy) => byName.get(`${cluster}-${copy}.png`)!);
    expect(new Set(members.map(({ split }) => split)).size).toBe(1);
    expect(new Set(members.map((row) => row.cluster)).size).toBe(1);
  }
  expect(Math.min(...Object.values(summary.splits))).toBeGreaterThan(5);
});
