import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseRecipe } from '../recipe/parse-recipe.ts';
import { WordMatcher } from '../text/word-matcher.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-words-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('the list of a recipe', () => {
  const withList = (list: string): unknown => ({
    extends: 'default',
    name: 'own',
    change: { 'sensitive-words': { lists: [list] } },
  });

  test('is read from files into the recipe, remarks left out', async () => {
    const file = join(folder, 'words.txt');
    await writeFile(file, '# of my shop\n代开发票\n\n办假证  # and the like\r\n');
    const { rules } = parseRecipe(withList(file));
    expect(rules.find(({ rule }) => rule === 'sensitive-words')?.options).toEqual({ words: ['代开发票', '办假证'], max: 0 });
  });

  test('that is not there is named', () => {
    const missing = join(folder, 'nowhere.txt');
    expect(() => parseRecipe(withList(missing))).toThrow(`${missing} can't be read (ENOENT)`);
  });
});

describe(WordMatcher, () => {
  test('finds words within words and where they stand', () => {
    const matcher = new WordMatcher(['他们', '们', '开发票', '代开发票']);
    expect(matcher.find('他们代·開發票')).toEqual([
      { word: '他们', start: 0, end: 2 },
      { word: '们', start: 1, end: 2 },
      { word: '代开发票', start: 2, end: 7 },
      { word: '开发票', start: 4, end: 7 },
    ]);
  });

  test('without words finds nothing', () => {
    expect(new WordMatcher(['', '★']).find('任何文字★')).toEqual([]);
  });
});
