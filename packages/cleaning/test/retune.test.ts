import { mkdtemp, readdir, rm, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clean, parseRecipe, retune, Retuning } from '../src/index.ts';
import type { CleanSummary, Recipe } from '../src/index.ts';
import { folderBytes } from './support/folder-bytes.ts';
import { dirtyRows, rawRow, TEST_RECIPE, writeRaw } from './support/raw-dataset.ts';

let folder: string;
let raw: string;
let cleaned: string;
let before: CleanSummary;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-retune-'));
  raw = await writeRaw(join(folder, 'raw'), await dirtyRows(90));
  cleaned = join(folder, 'cleaned');
  before = await clean(raw, { out: cleaned, recipe: TEST_RECIPE, seed: 5 });
});
afterAll(() => rm(folder, { recursive: true }));

const changed = (change: Record<string, unknown>): Recipe => {
  const own = Object.fromEntries(
    TEST_RECIPE.rules.filter(({ sources }) => sources === undefined).map(({ rule, options }) => [rule, { ...options }]),
  );
  return parseRecipe({
    extends: 'default',
    name: 'other',
    change: { ...own, ...change },
    encode: TEST_RECIPE.encode,
    split: TEST_RECIPE.split,
  });
};

/** Thresholds lower and higher, of every kind of rule. */
const OTHERS: [string, Record<string, unknown>][] = [
  ['pictures: fewer', { aspect: { max: 1.4 }, entropy: { min: 3 }, blur: { min: 50 } }],
  ['dataset', { 'near-duplicate': { maxDistance: 2, maxColorDistance: 5, maxScale: 1 }, 'text-frequency': { max: 1 } }],
  ['texts, of which more must be Chinese', { 'chinese-share': { min: 0.8 } }],
  ['a rule that rewrites texts', { 'ui-phrases': false }],
  ['rules taken out', { 'near-duplicate': false, 'exact-duplicate': false, 'near-duplicate-text': { max: 2 } }],
];

describe(retune, () => {
  test.each(OTHERS)('%s: the same bytes as cleaning anew', async (name, change) => {
    const recipe = changed(change);
    const out = join(folder, `retuned ${name}`);
    const anew = join(folder, `anew ${name}`);
    const summary = await retune(cleaned, { recipe, out });
    expect(await clean(raw, { out: anew, recipe, seed: 5 })).toEqual(summary);
    expect(await folderBytes(out)).toEqual(await folderBytes(anew));
    expect(summary.funnel).not.toEqual(before.funnel);
    const seen = await retune(cleaned, { recipe });
    const bare = (sample: object): object => ({ ...sample, thumbnail: null });
    expect(seen).toMatchObject({ kept: summary.kept, splits: summary.splits, funnel: summary.funnel });
    expect(seen.samples.kept.map(bare)).toEqual(summary.samples.kept.map(bare));
  });

  test('one recipe after another is judged as each alone, and the first again as at first', async () => {
    const retuning = await Retuning.open(cleaned);
    for (const [, change] of [...OTHERS, OTHERS[0]!]) {
      const recipe = changed(change);
      expect(await retuning.judge(recipe, { topics: true })).toEqual(await retune(cleaned, { recipe }));
    }
    expect((await retuning.judge(TEST_RECIPE)).topics.every(({ words }) => words.length === 0)).toBe(true);
  });

  test('a dataset that was retuned is retuned again', async () => {
    const once = join(folder, 'once');
    await retune(cleaned, { recipe: changed({ aspect: { max: 1.4 } }), out: once });
    const back = join(folder, 'back');
    expect(await retune(once, { recipe: TEST_RECIPE, out: back })).toEqual(before);
    expect(await folderBytes(back)).toEqual(await folderBytes(cleaned));
  });

  test('without an output no picture is there to be touched', async () => {
    const data = join(raw, 'data');
    await rename(data, `${data}-away`);
    await rename(join(cleaned, 'data'), join(cleaned, 'data-away'));
    try {
      const { kept } = await retune(cleaned, { recipe: changed({ aspect: { max: 1.4 } }) });
      expect(kept).toBeLessThan(before.kept);
    } finally {
      await rename(`${data}-away`, data);
      await rename(join(cleaned, 'data-away'), join(cleaned, 'data'));
    }
  });

  test('every rule on pictures has a score, also those that the recipe does not name', async () => {
    const few = parseRecipe({
      extends: 'small-pictures',
      change: { blur: false, entropy: false, animated: false, grayscale: false, bytes: { min: 1 } },
      split: { validation: 0, test: 0 },
    });
    const small = join(folder, 'few');
    await clean(raw, { out: small, recipe: few, seed: 5 });
    const strict = changed({ blur: { min: 300 } });
    const anew = join(folder, 'anew strict');
    const summary = await retune(small, { recipe: strict });
    expect(summary.kept).toBe((await clean(raw, { out: anew, recipe: strict, seed: 5 })).kept);
    expect(summary.funnel.some(({ rule, in: came, out }) => rule === 'blur' && out < came)).toBe(true);
  });

  describe('refuses with a sentence', () => {
    const refusal = (location: string, recipe: Recipe): Promise<unknown> =>
      retune(location, { recipe }).catch((error: unknown) => error);

    test('what needs the pictures', async () => {
      expect(await refusal(cleaned, changed({ decode: { maxPixels: 100 } }))).toMatchObject({
        code: 'RETUNE_NEEDS_PICTURES',
        exitStatus: 2,
        message:
          'decode.maxPixels was 100000000 and is now 100, which decides what is decoded; clean the dataset again without --retune.',
      });
      expect(await refusal(cleaned, changed({ nsfw: { module: './none.mjs', max: 0.5 } }))).toMatchObject({
        code: 'RETUNE_NEEDS_PICTURES',
        message:
          'The recipe names a detector for the rule nsfw, and none has looked at the pictures; clean the dataset again without --retune.',
      });
    });

    test('a dataset without measures, or with damaged ones, and one that is not cleaned', async () => {
      const bare = join(folder, 'bare');
      await clean(raw, { out: bare, recipe: TEST_RECIPE, seed: 5 });
      const [first] = await readdir(join(bare, 'measures'));
      await writeFile(join(bare, 'measures', first!), 'nothing');
      expect(await refusal(bare, TEST_RECIPE)).toMatchObject({ code: 'RETUNE_NO_MEASURES', exitStatus: 2 });
      await rm(join(bare, 'measures'), { recursive: true });
      expect(await refusal(bare, TEST_RECIPE)).toMatchObject({ code: 'RETUNE_NO_MEASURES' });
      expect(await retune(bare, { recipe: TEST_RECIPE, out: join(folder, 'x') }).catch((error: unknown) => error)).toMatchObject({
        code: 'RETUNE_NO_MEASURES',
      });
      expect(await refusal(raw, TEST_RECIPE)).toMatchObject({ code: 'SUMMARY_MISSING' });
    });

    test('measures of other data', async () => {
      const other = await writeRaw(join(folder, 'other-raw'), [rawRow({ path: 'a.png' }), ...(await dirtyRows(20))]);
      const out = join(folder, 'other');
      await clean(other, { out, recipe: TEST_RECIPE, seed: 5 });
      await rm(join(out, 'measures'), { recursive: true });
      await rename(join(cleaned, 'measures'), join(out, 'measures'));
      const error = await retune(out, { recipe: TEST_RECIPE, out: join(folder, 'y') }).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'RETUNE_NO_MEASURES' });
      await rename(join(out, 'measures'), join(cleaned, 'measures'));
    });
  });
});
