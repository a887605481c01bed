import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ByteSpool } from '../src/dedup/byte-spool.ts';
import { forEachKeyGroup, KEY_WORDS, KeyedRecords } from '../src/dedup/keyed-records.ts';
import { NumberColumn } from '../src/dedup/number-column.ts';
import type { NumberKind } from '../src/dedup/number-column.ts';
import { foldText, jaccard, shinglesOf } from '../src/dedup/shingles.ts';
import { joinSimilarTexts } from '../src/dedup/similar-texts.ts';
import { joinSimilarVectors } from '../src/dedup/similar-vectors.ts';
import type { SpillOptions } from '../src/dedup/spill-file.ts';
import { StringColumn } from '../src/dedup/string-column.ts';
import { UnionFind } from '../src/group/union-find.ts';
import { reduceHere } from '../src/reduce/reduce-here.ts';
import type { ReduceColumns } from '../src/reduce/reduction.ts';
import { random } from './support/drawings.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-dedup-'));
});
afterAll(() => rm(folder, { recursive: true }));
const tight = (): { folder: string; memoryBytes: number } => ({ folder, memoryBytes: 1 << 20 });

/** Sets of two and more. */
function clustersOf(sets: UnionFind, items: number): number[][] {
  const found = new Map<number, number[]>();
  for (let item = 0; item < items; item += 1) found.set(sets.find(item), [...(found.get(sets.find(item)) ?? []), item]);
  return [...found.values()].filter((members) => members.length > 1);
}

describe('what does not fit into memory', () => {
  test('a spool gives back what was written, wherever it is read, and leaves no file', async () => {
    const spool = new ByteSpool(tight());
    const next = random(1);
    const parts: { start: number; bytes: Uint8Array }[] = [];
    for (let index = 0; index < 4000; index += 1) {
      const bytes = Uint8Array.from({ length: Math.floor(next() * 2000) }, () => Math.floor(next() * 256));
      parts.push({ start: spool.append(bytes), bytes });
    }
    expect(await readdir(folder)).toHaveLength(1);
    for (const { start, bytes } of parts) expect(Buffer.from(spool.read(start, bytes.length)).equals(bytes)).toBe(true);
    for (let draw = 0; draw < 4000; draw += 1) {
      const { start, bytes } = parts[Math.floor(next() * parts.length)]!;
      expect(Buffer.from(spool.read(start, bytes.length)).equals(bytes)).toBe(true);
    }
    spool.close();
    expect(await readdir(folder)).toEqual([]);
  });

  test('strings of any kind, and null', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.string({ unit: 'grapheme' })), { maxLength: 300 }), (texts) => {
        const column = new StringColumn(null);
        for (const text of texts) column.push(text);
        for (const [index, text] of texts.entries()) expect(column.get(index)).toBe(text);
      }),
      { numRuns: 50, seed: 3 },
    );
  });

  test('numbers at any place, as an array has them', async () => {
    fc.assert(
      fc.property(
        fc.constantFrom<NumberKind>('u8', 'i32', 'u32', 'f32', 'f64'),
        fc.array(fc.tuple(fc.nat({ max: 60_000 }), fc.nat({ max: 255 }), fc.nat({ max: 60_000 })), { maxLength: 200 }),
        (kind, steps) => {
          const column = new NumberColumn(kind, { fill: 7, spill: { folder, memoryBytes: 1 } });
          const plain = new Map<number, number>();
          for (const [at, value, asked] of steps) {
            column.set(at, value);
            plain.set(at, value);
            expect(column.get(asked)).toBe(plain.get(asked) ?? 7);
          }
          for (const [at, value] of plain) expect(column.get(at)).toBe(value);
          column.close();
        },
      ),
      { numRuns: 60, seed: 5 },
    );
    expect(await readdir(folder)).toEqual([]);
  });

  test('groups by key are the same in memory and in files', async () => {
    const groupsOf = (spill: SpillOptions | null): string[] => {
      const groups = new KeyedRecords(60_000, spill);
      const next = random(2);
      for (let item = 0; item < 60_000; item += 1) {
        const key = Math.floor(next() * 30_000);
        groups.addKey(Math.imul(key, 0x9e3779b1) >>> 0, Math.imul(key + 7, 0x85ebca6b) >>> 0, item);
      }
      const found: string[] = [];
      groups.forEachPartition((records) =>
        forEachKeyGroup(records, KEY_WORDS, (places) => found.push(places.map((place) => records[place + 2]!).join(' '))),
      );
      return found.sort();
    };
    const inMemory = groupsOf(null);
    expect(inMemory.length).toBeGreaterThan(10_000);
    for (const partitionRecords of [500, 9000, 1e6])
      expect(groupsOf({ folder, memoryBytes: 4096, partitionRecords })).toEqual(inMemory);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('texts that are nearly the same', () => {
  const OPTIONS = { ngram: 2, minJaccard: 0.8, minShingles: 8 };
  const join = async (texts: string[], spill: SpillOptions | null = null): Promise<UnionFind> => {
    const sets = new UnionFind(texts.length);
    const columns = { text: (item: number) => texts[item]! } as ReduceColumns;
    await joinSimilarTexts(() => texts.keys(), texts.length, columns, sets, OPTIONS, { reduce: reduceHere, spill });
    return sets;
  };
  const clusters = async (texts: string[]): Promise<string[][]> =>
    clustersOf(await join(texts), texts.length).map((items) => items.map((item) => texts[item]!));

  test('Chinese texts without spaces: a character more or less, punctuation and case', async () => {
    const long = '北京故宫博物院举办的中国古代书画精品展览今天上午正式开幕吸引了众多观众';
    expect(await clusters([long, `${long}。`, `今天${long}`, long.replace('众多', '许多'), '上海博物馆的青铜器展览'])).toEqual([
      [long, `${long}。`, `今天${long}`, long.replace('众多', '许多')],
    ]);
  });

  test('short texts are one only if they are equal but for punctuation, and none of them is empty', async () => {
    expect(await clusters(['天安门', '天安门！', '天坛', '地坛', '。', '！', '', 'Hello 世界', 'hello世界'])).toEqual([
      ['天安门', '天安门！'],
      ['Hello 世界', 'hello世界'],
    ]);
  });

  test('of pairs with a Jaccard similarity of 0.8 and more 99 in 100 are found, and none below', async () => {
    const next = random(4);
    const character = (): string => String.fromCharCode(0x4e00 + Math.floor(next() * 3000));
    const texts: string[] = [];
    for (let index = 0; index < 2000; index += 1) {
      const text = Array.from({ length: 20 + Math.floor(next() * 40) }, character);
      const other = text.slice();
      const edits = 1 + Math.floor(next() * 4);
      for (let edit = 0; edit < edits; edit += 1) other[Math.floor(next() * other.length)] = character();
      texts.push(text.join(''), other.join(''));
    }
    const sets = await join(texts, { folder, memoryBytes: 4096, partitionRecords: 1000 });
    let [alike, found] = [0, 0];
    for (let index = 0; index < texts.length; index += 2) {
      const [left, right] = [texts[index]!, texts[index + 1]!].map((text) => shinglesOf(foldText(text), 2)) as [
        Int32Array,
        Int32Array,
      ];
      const joined = sets.find(index) === sets.find(index + 1);
      if (jaccard(left, right) >= 0.8) {
        alike += 1;
        if (joined) found += 1;
      } else expect(joined).toBe(false);
    }
    expect(alike).toBeGreaterThan(500);
    expect(found / alike).toBeGreaterThanOrEqual(0.99);
  });
});

test('vectors of nearly one direction are joined, others not', async () => {
  const next = random(6);
  const gaussian = (): number => Math.sqrt(-2 * Math.log(next() + 1e-12)) * Math.cos(2 * Math.PI * next());
  const vectors: Float32Array[] = [];
  for (let index = 0; index < 300; index += 1) {
    // All in one narrow cone, as those of trained towers.
    const vector = Float32Array.from({ length: 64 }, () => gaussian() + 2);
    vectors.push(
      vector,
      vector.map((value) => value + 0.05 * gaussian()),
    );
  }
  const sets = new UnionFind(vectors.length);
  const columns = { vector: (item: number) => vectors[item]! } as ReduceColumns;
  const settings = { reduce: reduceHere, spill: null };
  await joinSimilarVectors(() => vectors.keys(), vectors.length, columns, sets, 0.995, settings);
  const found = clustersOf(sets, vectors.length);
  expect(
    found.filter((members) => members.length === 2 && members[1] === members[0]! + 1 && members[0]! % 2 === 0).length,
  ).toBeGreaterThanOrEqual(297);
  expect(found.every((members) => members.length === 2)).toBe(true);
});
