import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDataset, readManifest, readPairs, verifyDataset } from '@wenlan/shards';
import type { Pair } from '@wenlan/shards';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LookColumns } from '../src/group/look-columns.ts';
import { decodePicture } from '../src/image/decode-picture.ts';
import { looksOf } from '../src/image/look.ts';
import { clean, parseRecipe, readCleanSummary } from '../src/index.ts';
import type { CleanProgress, CleanSummary, Recipe } from '../src/index.ts';
import { drawing, svgDrawing } from './support/drawings.ts';
import { folderBytes } from './support/folder-bytes.ts';
import { dirtyRows, rawRow, TEST_RECIPE, writeRaw } from './support/raw-dataset.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-clean-'));
});
afterAll(() => rm(folder, { recursive: true }));

let runs = 0;
const fresh = (): string => join(folder, `run-${(runs += 1)}`);

/** The test recipe with all kept pairs in one split, so that small inputs have no empty one. */
const ONE_SPLIT: Recipe = { ...TEST_RECIPE, split: { validation: 0, test: 0 } };

async function cleanRows(
  rows: Pair[],
  recipe = ONE_SPLIT,
): Promise<{ summary: CleanSummary; out: string; byUrl: Map<string, Pair & { split: string }> }> {
  const out = fresh();
  const summary = await clean(await writeRaw(`${out}-raw`, rows), { out, recipe, seed: 5 });
  const byUrl = new Map<string, Pair & { split: string }>();
  for (const split of ['train', 'validation', 'test', 'dropped']) {
    for await (const batch of readPairs(out, { splits: [split] })) {
      for (const row of batch) byUrl.set(`${row.imageUrl!.slice('https://img.test/'.length)}@${row.pageUrl}`, { ...row, split });
    }
  }
  return { summary, out, byUrl };
}

const png = (seed: number, width = 80, height = 60): Promise<Buffer> => drawing(seed, width, height).png().toBuffer();
const only = (byUrl: Map<string, Pair & { split: string }>, path: string): Pair & { split: string } => {
  const found = [...byUrl].filter(([key]) => key.startsWith(`${path}@`));
  expect(found, path).toHaveLength(1);
  return found[0]![1];
};

describe('pictures that are like each other', () => {
  /** A shape on a ground whose blue is `blue`: hardly a difference in grey. */
  const tinted = (blue: number): Promise<Buffer> => {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="80" height="60"><rect width="80" height="60" fill="rgb(120,160,${blue})"/><circle cx="30" cy="25" r="18" fill="white"/><rect x="50" y="10" width="20" height="40"/></svg>`;
    return sharp(Buffer.from(svg)).png().toBuffer();
  };
  const text = (path: string): Pair['texts'] => [{ kind: 'caption', text: `图形之${path.charCodeAt(0)}号` }];

  test('are shown beside each other, those that were dropped and those that nearly were', async () => {
    const row = async (path: string, blue: number): Promise<Pair> =>
      rawRow({ path, image: await tinted(blue), texts: text(path) });
    const rows = [await row('a.png', 100), await row('b.png', 110), await row('c.png', 133)];
    const { summary } = await cleanRows(rows);
    const { byRule, near } = summary.samples;
    expect(byRule['near-duplicate']).toHaveLength(1);
    expect(byRule['near-duplicate']![0]!.beside).toMatch(/^data:image\/jpeg;base64,/u);
    expect(near['near-duplicate']!.map(({ score }) => score)).toEqual([expect.closeTo(23, 0), expect.closeTo(23, 0)]);
    for (const { beside } of near['near-duplicate']!) expect(beside).toMatch(/^data:image\/jpeg;base64,/u);
  });

  test('and a kept pair with a text that was kept', async () => {
    const texts: Pair['texts'] = [
      { kind: 'caption', text: 'DSC01448.JPG' },
      { kind: 'alt', text: '湖边的白塔' },
    ];
    const { summary } = await cleanRows([rawRow({ path: 'd.png', image: await tinted(40), texts })]);
    expect(summary.samples.kept.map(({ text: shown }) => shown)).toEqual(['湖边的白塔']);
  });
});

describe('what becomes of a row', () => {
  let result: Awaited<ReturnType<typeof cleanRows>>;
  const images = new Map<string, Buffer>();

  beforeAll(async () => {
    const icon = await png(900, 40, 40);
    const gone = await png(901);
    images.set('good.png', await png(1));
    images.set('big.jpg', await drawing(2, 300, 200).jpeg().toBuffer());
    images.set('v.svg', svgDrawing(3, 40, 30));
    images.set('turned.jpg', await drawing(4, 60, 80).rotate(90).jpeg().withMetadata({ orientation: 8 }).toBuffer());
    const rows = [
      rawRow({
        path: 'good.png',
        image: images.get('good.png')!,
        texts: [
          { kind: 'title', text: '　天安门 广场１９４９ ' },
          { kind: 'alt', text: '点击查看大图' },
          { kind: 'caption', text: 'IMG_1234.jpg' },
          { kind: 'surrounding', text: '联系电话13812345678' },
          { kind: 'tag', text: '天安门广场1949' },
        ],
      }),
      rawRow({ path: 'big.jpg', image: images.get('big.jpg')! }),
      rawRow({ path: 'v.svg', image: images.get('v.svg')! }),
      rawRow({ path: 'turned.jpg', image: images.get('turned.jpg')! }),
      rawRow({ path: 'mute.png', image: await png(5), texts: ['图片来源：新华社', '2024-11-11'] }),
      rawRow({ path: 'no-texts.png', image: await png(6), texts: [] }),
      rawRow({ path: 'html.jpg', image: Buffer.from('<!doctype html><title>404</title>') }),
      rawRow({ path: 'empty.jpg', image: Buffer.alloc(0) }),
      rawRow({ path: 'cut.png', image: images.get('good.png')!.subarray(0, 300) }),
      rawRow({ path: 'tiny.png', image: await png(7, 20, 20) }),
      rawRow({ path: 'banner.png', image: await png(8, 400, 50) }),
      rawRow({
        path: 'blank.png',
        image: await sharp({ create: { width: 300, height: 300, channels: 3, background: '#eee' } })
          .png()
          .toBuffer(),
      }),
      rawRow({ path: 'gone.png', outcome: 'http-4xx' }),
      ...[1, 2, 3, 4, 5, 6].map((page) =>
        rawRow({
          path: 'icon.png',
          page: `page/${page}`,
          image: page === 1 ? icon : null,
          outcome: page === 1 ? 'ok' : 'duplicate:FIRST',
        }),
      ),
      ...[1, 2, 3, 4, 5].map((index) => rawRow({ path: `placeholder/${index}.png`, page: 'one', image: gone })),
      rawRow({ path: 'same-bytes.png', image: images.get('good.png')!, texts: ['长城'] }),
      rawRow({ path: 'big.jpg', page: 'other', image: await png(9), texts: ['另一张同名图'] }),
      rawRow({ path: 'smaller.jpg', image: await drawing(2, 240, 160).jpeg({ quality: 60 }).toBuffer() }),
    ];
    for (const seed of [20, 21, 22, 23, 24])
      rows.push(rawRow({ path: `often/${seed}.png`, image: await png(seed), texts: ['大家好'] }));
    // The crawler gives the rows of a picture that it met again the hash of its bytes.
    const sha256 = createHash('sha256').update(icon).digest();
    result = await cleanRows(rows.map((row) => (row.outcome === 'duplicate:FIRST' ? { ...row, sha256 } : row)));
  });

  test('a good pair keeps its bytes and its texts, cleaned, in order and once each', () => {
    const row = only(result.byUrl, 'good.png');
    expect(row).toMatchObject({ outcome: 'ok', split: 'train', mime: 'image/png', width: 80, height: 60, cluster: row.id });
    expect(Buffer.from(row.image!)).toEqual(images.get('good.png'));
    expect(row.texts).toEqual([
      { kind: 'title', text: '天安门广场1949' },
      { kind: 'surrounding', text: '联系电话〈电话〉' },
    ]);
  });

  test('its scores hold what every rule measured, by text where a rule judges texts', () => {
    const { scores, phash } = only(result.byUrl, 'good.png');
    expect(scores).toMatchObject({
      'min-side': 60,
      vector: 0,
      decode: 1,
      icon: 2,
      placeholder: 2,
      'exact-duplicate': 0,
      'near-duplicate': 0,
    });
    expect(scores).toMatchObject({
      'length.0': 6,
      'ui-phrases.1': -1,
      'file-names.2': 2,
      'phones.3': 1,
      'length.3': 4,
      'text-frequency.0': 0,
    });
    expect(scores['aspect']).toBe(Math.fround(4 / 3));
    expect(phash).not.toBeNull();
  });

  test('a large picture is reduced and a vector picture drawn, and the hash is that of the new bytes', async () => {
    for (const [path, mime, width, height] of [
      ['big.jpg', 'image/jpeg', 96, 64],
      ['v.svg', 'image/png', 64, 48],
    ] as const) {
      const row = [...result.byUrl].find(([key, { outcome }]) => key.startsWith(path) && outcome === 'ok')![1];
      expect(row).toMatchObject({ mime, width, height });
      expect(await sharp(row.image!).metadata()).toMatchObject({ width, height });
      expect(Buffer.from(row.sha256!)).toEqual(createHash('sha256').update(row.image!).digest());
    }
  });

  test('a picture that lies on its side keeps its bytes and states its upright size', () => {
    const row = only(result.byUrl, 'turned.jpg');
    expect(row).toMatchObject({ outcome: 'ok', width: 60, height: 80 });
    expect(Buffer.from(row.image!)).toEqual(images.get('turned.jpg'));
  });

  test.each([
    ['mute.png', 'filtered:no-text'],
    ['no-texts.png', 'filtered:no-text'],
    ['html.jpg', 'filtered:decode'],
    ['empty.jpg', 'filtered:decode'],
    ['cut.png', 'filtered:decode'],
    ['tiny.png', 'filtered:min-side'],
    ['banner.png', 'filtered:aspect'],
    ['blank.png', 'filtered:entropy'],
    ['gone.png', 'http-4xx'],
    ['placeholder/3.png', 'filtered:placeholder'],
  ])('%s ends as %s, without its picture and with its texts as found', (path, outcome) => {
    const row = only(result.byUrl, path);
    expect(row).toMatchObject({ outcome, split: 'dropped', image: null, cluster: null });
    if (path === 'mute.png') expect(row.texts.map(({ text }) => text)).toEqual(['图片来源：新华社', '2024-11-11']);
  });

  test('a picture on many pages is an icon, though the crawler marked all but one as duplicates', () => {
    const rows = [...result.byUrl].filter(([key]) => key.startsWith('icon.png')).map(([, row]) => row);
    expect(rows.map(({ outcome }) => outcome).sort()).toEqual([...Array<string>(5).fill('duplicate:FIRST'), 'filtered:icon']);
  });

  test('duplicates name the survivor', () => {
    const survivor = only(result.byUrl, 'good.png').id;
    expect(only(result.byUrl, 'same-bytes.png')).toMatchObject({
      outcome: `duplicate:${survivor}`,
      cluster: survivor,
      image: null,
    });
    const large = [...result.byUrl.values()].find(({ imageUrl, outcome }) => imageUrl!.endsWith('big.jpg') && outcome === 'ok')!;
    expect(only(result.byUrl, 'smaller.jpg')).toMatchObject({ outcome: `duplicate:${large.id}`, cluster: large.id });
    expect(only(result.byUrl, 'smaller.jpg').scores['near-duplicate.distance']).toBeLessThanOrEqual(8);
  });

  test('one text is left to as many pictures as the recipe says', () => {
    const rows = [...result.byUrl].filter(([key]) => key.startsWith('often/')).map(([, row]) => row);
    expect(rows.filter(({ outcome }) => outcome === 'ok')).toHaveLength(3);
    expect(rows.filter(({ outcome }) => outcome === 'filtered:text-frequency')).toHaveLength(2);
  });

  test('the summary is the state of the manifest and shows what each rule dropped', async () => {
    const { summary, out } = result;
    const manifest = await readManifest(out);
    expect(manifest).toMatchObject({ stage: 'clean', complete: true, state: summary });
    expect(await readCleanSummary(out)).toEqual(summary);
    expect(manifest.totals.rows).toBe((await readManifest(`${out}-raw`)).totals.rows);
    const { byRule, kept } = summary.samples;
    expect(kept).toHaveLength(summary.kept);
    expect(byRule['min-side']).toMatchObject([
      { imageUrl: 'https://img.test/tiny.png', score: 20, thumbnail: expect.stringMatching(/^data:image\/jpeg/) as string },
    ]);
    expect(byRule['decode']!.map(({ score, thumbnail }) => [score, thumbnail])).toContainEqual([0, null]);
    expect(byRule['phones']).toMatchObject([{ text: '联系电话13812345678', cleaned: '联系电话〈电话〉', score: 1 }]);
    expect(byRule['ui-phrases']!.map(({ text, cleaned }) => [text, cleaned])).toContainEqual(['点击查看大图', null]);
    expect(Math.max(...Object.values(byRule).map((samples) => samples.length))).toBeLessThanOrEqual(8);
  });

  test('nothing but the dataset and its measures is left', async () => {
    expect((await readdir(result.out)).sort()).toEqual(['data', 'manifest.json', 'measures']);
  });
});

describe('a dataset as a whole', () => {
  let input: string;
  let out: string;
  let summary: CleanSummary;
  const events: CleanProgress[] = [];
  const HELD_OUT: Recipe = { ...TEST_RECIPE, split: { validation: 0.1, test: 0, heldOut: { urlContains: ['/google/'] } } };

  beforeAll(async () => {
    input = await writeRaw(join(folder, 'whole-raw'), await dirtyRows(240));
    out = join(folder, 'whole');
    summary = await clean(input, { out, recipe: HELD_OUT, seed: 5, onProgress: (event) => events.push(event) });
  });

  test('what goes into a rule is what came out of the rule before', () => {
    for (const source of ['encyclopedia', 'news', 'weibo']) {
      const rows = summary.funnel.filter((row) => row.unit === 'pair' && row.source === source);
      expect(rows.length).toBeGreaterThan(5);
      for (const [index, row] of rows.entries()) expect(row.in, `${row.rule} ${source}`).toBe(rows[index - 1]?.out ?? row.in);
    }
    const last = new Map(summary.funnel.filter(({ unit }) => unit === 'pair').map(({ source, out: kept }) => [source, kept]));
    expect([...last.values()].reduce((sum, kept) => sum + kept, 0)).toBe(summary.kept);
  });

  test('every row of the input is in the output once', async () => {
    const ids = async (location: string): Promise<string[]> => {
      const found = [];
      for await (const batch of readPairs(location, { columns: [] })) found.push(...batch.map(({ id }) => id));
      return found.sort();
    };
    expect(await ids(out)).toEqual(await ids(input));
    expect(await verifyDataset(out)).toMatchObject({ sound: true, complete: true });
    const { bySplit } = (await readManifest(out)).totals;
    expect(bySplit).toEqual({ ...summary.splits, dropped: summary.dropped });
  });

  test('held-out pictures are the whole test split', async () => {
    for await (const batch of readPairs(out, { splits: ['train', 'validation', 'test'] })) {
      for (const { imageUrl } of batch) expect(typeof imageUrl).toBe('string');
    }
    const inSplit = async (split: string): Promise<Set<boolean>> => {
      const found = new Set<boolean>();
      for await (const batch of readPairs(out, { splits: [split] }))
        for (const { imageUrl } of batch) found.add(imageUrl!.includes('/google/'));
      return found;
    };
    expect([...(await inSplit('test'))]).toEqual([true]);
    expect([...(await inSplit('train')), ...(await inSplit('validation'))]).toEqual([false, false]);
  });

  test('no two survivors look the same, in whatever splits they are', async () => {
    const kept: Pair[] = [];
    for await (const batch of readPairs(out, { splits: ['train', 'validation', 'test'] })) kept.push(...batch);
    const found = new Set(kept.map(({ id }) => id));
    const looks = new LookColumns(null);
    const urls: string[] = [];
    for await (const batch of readPairs(input)) {
      for (const { id, image, imageUrl } of batch) {
        if (!found.has(id)) continue;
        looks.set(urls.length, looksOf((await decodePicture(image!, { maxPixels: 1e6 })).raster).whole);
        urls.push(imageUrl!);
      }
    }
    const { maxDistance, maxColorDistance } = HELD_OUT.rules.find(({ rule }) => rule === 'near-duplicate')!.options as Record<
      string,
      number
    >;
    for (let right = 0; right < kept.length; right += 1) {
      for (let left = 0; left < right; left += 1) {
        const same = looks.bits(left, right) <= maxDistance! && looks.colorDistance(left, right, 255) <= maxColorDistance!;
        expect(same, `${urls[left]} and ${urls[right]}`).toBe(false);
      }
    }
    expect(summary.clusters.count).toBeGreaterThan(20);
  });

  test('progress goes through the phases up to all rows', () => {
    expect([...new Set(events.map(({ phase }) => phase))]).toEqual(['measure', 'group', 'write']);
    for (const phase of ['measure', 'write']) {
      const done = events.filter((event) => event.phase === phase).map(({ rowsDone }) => rowsDone);
      expect(done).toEqual([...done].sort((left, right) => left - right));
      expect(done.at(-1)).toBe(events[0]!.rows);
    }
  });

  test.each([0, 1, 2])('the number of pictures decoded at once changes nothing: %i', async (workers) => {
    const other = fresh();
    expect(await clean(input, { out: other, recipe: HELD_OUT, seed: 5, workers })).toEqual(summary);
    expect(await folderBytes(other)).toEqual(await folderBytes(out));
  });

  test('called again on a complete dataset it only says what was done', async () => {
    const before = await folderBytes(out);
    const again: CleanProgress[] = [];
    expect(await clean(input, { out, recipe: HELD_OUT, seed: 5, onProgress: (event) => again.push(event) })).toEqual(summary);
    expect(again).toEqual([]);
    expect(await folderBytes(out)).toEqual(before);
  });

  test('cleaning the clean dataset drops nothing more', async () => {
    const twice = fresh();
    const second = await clean(out, { out: twice, recipe: HELD_OUT, seed: 5 });
    expect(second.kept).toBe(summary.kept);
    expect(second.splits).toEqual(summary.splits);
    const texts = async (location: string): Promise<Map<string, string>> => {
      const found = new Map<string, string>();
      for await (const batch of readPairs(location))
        for (const row of batch) found.set(row.id, `${row.outcome} ${JSON.stringify(row.texts)}`);
      return found;
    };
    expect(await texts(twice)).toEqual(await texts(out));
  });

  test('an abort loses no shard that was measured, and the same call goes on', async () => {
    const stopped = fresh();
    for (const phase of ['measure', 'write'] as const) {
      const controller = new AbortController();
      const onProgress = (event: CleanProgress): void => {
        if (event.phase === phase && event.rowsDone > 0) controller.abort(new Error('Ctrl-C'));
      };
      await expect(
        clean(input, { out: stopped, recipe: HELD_OUT, seed: 5, onProgress, signal: controller.signal }),
      ).rejects.toThrow('Ctrl-C');
      expect((await readManifest(stopped)).complete).toBe(false);
      expect((await readdir(join(stopped, 'measures'))).length).toBeGreaterThan(0);
    }
    await clean(input, { out: stopped, recipe: HELD_OUT, seed: 5 });
    expect(await folderBytes(stopped)).toEqual(await folderBytes(out));
  });
});

describe(readCleanSummary, () => {
  const rejection = (location: string): Promise<unknown> => readCleanSummary(location).catch((error: unknown) => error);

  test('refuses a dataset of another stage, one that is not complete and a state of another form, saying which', async () => {
    const raw = await writeRaw(fresh(), [rawRow({ path: 'a.png' })]);
    const begun = fresh();
    const writer = await openDataset(begun, { stage: 'clean', recipe: {} });
    await writer.close();
    const other = fresh();
    await (await openDataset(other, { stage: 'clean', recipe: {} })).finish({ recipe: 'default', seed: '1' });
    const code = 'SUMMARY_MISSING';
    const sentence = (location: string, what: string): string =>
      `The dataset ${location} has no summary of its cleaning: ${what}.`;
    expect(await rejection(raw)).toMatchObject({
      code,
      message: sentence(raw, 'it is of the stage crawl; name a dataset that cleaning has written'),
    });
    expect(await rejection(begun)).toMatchObject({
      code,
      message: sentence(begun, 'cleaning has not ended; run the same command again'),
    });
    expect(await rejection(other)).toMatchObject({ code, exitStatus: 2 });
    expect(((await rejection(other)) as Error).message).toContain('state.seed of its manifest is not as this release writes it');
    expect(await rejection(join(folder, 'nowhere'))).toMatchObject({ code: 'DATASET_MISSING' });
  });
});

describe('what a user can mend', () => {
  const rejection = async (input: string, recipe: Recipe, out = fresh()): Promise<{ code: string; message: string }> => {
    try {
      await clean(input, { out, recipe, seed: 5 });
    } catch (error) {
      const { code, message, exitStatus } = error as { code: string; message: string; exitStatus: number };
      expect(exitStatus).toBe(2);
      return { code, message };
    }
    throw new Error('Nothing was refused.');
  };
  const goodRows = async (count: number): Promise<Pair[]> =>
    Promise.all(Array.from({ length: count }, async (_, index) => rawRow({ path: `${index}.png`, image: await png(index + 1) })));

  test('an input that is not there', async () => {
    expect(await rejection(join(folder, 'nowhere'), ONE_SPLIT)).toMatchObject({ code: 'DATASET_MISSING' });
  });

  test('an input that is not complete', async () => {
    const input = await writeRaw(fresh(), await goodRows(1), { complete: false });
    const { code, message } = await rejection(input, ONE_SPLIT);
    expect(code).toBe('INPUT_INCOMPLETE');
    expect(message).toBe(`The dataset ${input} is not complete; run its stage (crawl) again until it ends, then clean it.`);
  });

  test('an input without rows', async () => {
    expect(await rejection(await writeRaw(fresh(), []), ONE_SPLIT)).toMatchObject({ code: 'EMPTY_INPUT' });
  });

  test('a rule that drops everything, after which another threshold may be tried in the same folder', async () => {
    const input = await writeRaw(fresh(), await goodRows(4));
    const out = fresh();
    const strict = parseRecipe({
      extends: 'small-pictures',
      change: { 'min-side': { min: 5000 } },
      split: { validation: 0, test: 0 },
    });
    const { code, message } = await rejection(input, strict, out);
    expect(code).toBe('EMPTY_RESULT');
    expect(message).toBe(
      'No pair survived: the rule min-side dropped 4 of 4; change its threshold in the recipe, or take it out.',
    );
    expect((await clean(input, { out, recipe: ONE_SPLIT, seed: 5 })).kept).toBe(4);
  });

  test('a crawl that failed for all candidates', async () => {
    const input = await writeRaw(fresh(), [
      rawRow({ path: 'a.png', outcome: 'timeout' }),
      rawRow({ path: 'b.png', outcome: 'dns' }),
    ]);
    const { code, message } = await rejection(input, ONE_SPLIT);
    expect(code).toBe('EMPTY_RESULT');
    expect(message).toMatch(/the crawl failed for 2 of 2 candidates/);
  });

  test('an empty split', async () => {
    const input = await writeRaw(fresh(), await goodRows(3));
    const heldOut = { ...ONE_SPLIT, split: { validation: 0, test: 0, heldOut: { urlContains: ['/google/'] } } };
    expect(await rejection(input, heldOut)).toEqual({
      code: 'EMPTY_SPLIT',
      message:
        'The split test is empty: none of 3 kept pairs has an image URL that contains "/google/"; correct split.heldOut.urlContains in the recipe.',
    });
    expect((await rejection(input, { ...ONE_SPLIT, split: { validation: 1e-9, test: 0 } })).message).toBe(
      'The split validation is empty: none of 3 kept pairs fell to it; raise split.validation, which is 1e-9, or set it to 0 in the recipe, or crawl more.',
    );
    const allHeldOut = { ...ONE_SPLIT, split: { validation: 0, test: 0, heldOut: { urlContains: ['.png'] } } };
    expect((await rejection(input, allHeldOut)).message).toMatch(
      /^The split train is empty: none of 3 kept pairs fell to it \(split.heldOut takes/,
    );
  });

  test('a folder that was begun with another recipe', async () => {
    const input = await writeRaw(fresh(), await goodRows(3));
    const out = fresh();
    await clean(input, { out, recipe: ONE_SPLIT, seed: 5 });
    const { code, message } = await rejection(input, { ...ONE_SPLIT, encode: { ...ONE_SPLIT.encode, maxSide: 50 } }, out);
    expect(code).toBe('RECIPE_DIFFERS');
    expect(message).toMatch(/encode\.maxSide was 96 and is now 50/);
  });
});
