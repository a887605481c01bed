import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NumberColumn } from '../dedup/number-column.ts';
import { COLOR_BYTES, colorDistance } from '../image/color-signature.ts';
import { forEachHammingPair, HammingIndex } from '../reduce/hamming-pairs.ts';
import { HashRecords, planHamming } from '../reduce/hamming-plan.ts';
import { reduceHere } from '../reduce/reduce-here.ts';
import type { DatasetContext } from '../rule.ts';
import { exactDuplicate } from '../rules/exact-duplicate.ts';
import { icon } from '../rules/icon.ts';
import { nearDuplicate } from '../rules/near-duplicate.ts';
import { placeholder } from '../rules/placeholder.ts';
import { textFrequency } from '../rules/text-frequency.ts';
import { assignSplit } from './assign-split.ts';
import { SignatureTable } from './signature-table.ts';
import type { Signature } from './signature-table.ts';
import { survivorOrder } from './survivors.ts';
import { UnionFind } from './union-find.ts';

const grey = (level: number): Uint8Array => new Uint8Array(COLOR_BYTES).fill(level);

/** A picture whose margins, if it has any, are `margin` of its side. */
function picture(phash: bigint, colors: Uint8Array, pixels: number, margin?: number): Signature['picture'] {
  const look = { phash, colors };
  // What a margin leaves of the whole is another look.
  const whole = margin === undefined ? look : { phash: phash ^ (2n ** 64n - 1n), colors: grey(Math.round(margin * 255)) };
  const side = 1 - 2 * (margin ?? 0);
  return { whole, trimmed: look, trimmedWidth: side, trimmedHeight: side, pixels };
}

function tableOf(...rows: Partial<Signature>[]): SignatureTable {
  const table = new SignatureTable(rows.length);
  for (const [index, row] of rows.entries()) {
    table.add({
      id: `id-${index}`,
      source: 'web',
      imageUrl: null,
      imageKey: 0n,
      urlKey: 0n,
      pageKey: 0n,
      picture: null,
      textKeys: [],
      textUnits: 0,
      ...row,
    });
  }
  return table;
}

const contextOf = (table: SignatureTable, dead: number[] = []): DatasetContext => ({
  seed: 1,
  alive: (row) => !dead.includes(row),
  prefer: survivorOrder(table, ['news', 'web', 'weibo']),
  reduce: reduceHere,
});

const valuesOf = (column: NumberColumn, length: number): number[] => Array.from({ length }, (_, index) => column.get(index));

describe('forEachHammingPair', () => {
  const halves = (hash: bigint): [low: number, high: number] => [Number(hash & 0xffff_ffffn), Number(hash >> 32n)];
  const pairsWithin = (hashes: bigint[], maxDistance: number, partitionRecords?: number): string[] => {
    const spill = partitionRecords === undefined ? null : { folder: '', memoryBytes: 1e9, partitionRecords };
    const plan = planHamming(hashes.length, maxDistance, spill);
    const records = new HashRecords(plan, spill);
    for (const [item, hash] of hashes.entries()) records.addHash(...halves(hash), item);
    const found: string[] = [];
    for (const task of records.tasks) {
      const partitions = task.map((partition) => records.load(partition));
      forEachHammingPair(plan, task, partitions, (left, right, distance) => found.push(`${left} ${right} ${distance}`));
    }
    return found.sort();
  };
  const comparingAll = (hashes: bigint[], maxDistance: number): string[] => {
    const found: string[] = [];
    for (const [right, hash] of hashes.entries()) {
      for (let left = 0; left < right; left += 1) {
        const distance = (hash ^ hashes[left]!).toString(2).replaceAll('0', '').length;
        if (distance <= maxDistance) found.push(`${left} ${right} ${distance}`);
      }
    }
    return found.sort();
  };

  test('finds each pair once, and the same as comparing all with all', () => {
    const flips = fc.array(fc.integer({ min: 0, max: 63 }), { maxLength: 18 });
    const cloud = fc
      .tuple(
        fc.array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { minLength: 1, maxLength: 4 }),
        fc.array(fc.tuple(fc.nat(), flips), { maxLength: 40 }),
      )
      .map(([centres, members]) =>
        members.map(([centre, bits]) =>
          bits.reduce((hash, bit) => hash ^ (1n << BigInt(bit)), centres[centre % centres.length]!),
        ),
      );
    fc.assert(
      fc.property(cloud, fc.integer({ min: 0, max: 16 }), fc.constantFrom(2, 9, 100), (hashes, maxDistance, partition) => {
        const expected = comparingAll(hashes, maxDistance);
        expect(pairsWithin(hashes, maxDistance, partition)).toEqual(expected);
        if (hashes.length < 2) return;
        const index = new HammingIndex(hashes.slice(1), maxDistance);
        const nearFirst = expected.some((pair) => pair.startsWith('0 '));
        expect(index.some(...halves(hashes[0]!), () => true)).toBe(nearFirst);
      }),
      { numRuns: 300, seed: 11 },
    );
  });

  test('finds planted pairs among 20,000 hashes', () => {
    let state = 1n;
    const next = (): bigint => (state = (state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n) & (2n ** 64n - 1n));
    const hashes = Array.from({ length: 20_000 }, () => {
      next();
      return next() ^ (next() >> 33n);
    });
    for (let index = 0; index < 500; index += 1) {
      let hash = hashes[index]!;
      for (let bit = 0; bit < 8; bit += 1) hash ^= 1n << BigInt((index * 7 + bit * 8) % 64);
      hashes[10_000 + index] = hash;
    }
    const found = new Set(pairsWithin(hashes, 8));
    for (let index = 0; index < 500; index += 1) expect(found).toContain(`${index} ${10_000 + index} 8`);
  });
});

test('UnionFind joins transitively', () => {
  const sets = new UnionFind(6);
  sets.union(4, 2);
  sets.union(0, 5);
  sets.union(2, 5);
  expect([0, 1, 2, 3, 4, 5].map((item) => sets.find(item))).toEqual([0, 1, 0, 3, 0, 0]);
});

describe('survivors', () => {
  test('largest picture, then longest text, then trusted source, then id', () => {
    const sized = (pixels: number): Signature['picture'] => picture(0n, grey(0), pixels);
    const table = tableOf(
      { picture: sized(100), textUnits: 9 },
      { picture: sized(400), textUnits: 1, source: 'weibo' },
      { picture: sized(400), textUnits: 1, source: 'news' },
      { picture: sized(400), textUnits: 3, source: 'weibo' },
      { picture: sized(Infinity) },
      { picture: sized(400), textUnits: 1, source: 'news' },
    );
    expect([0, 1, 2, 3, 4, 5].sort(survivorOrder(table, ['news', 'weibo']))).toEqual([4, 3, 2, 5, 1, 0]);
  });
});

describe('exact-duplicate', () => {
  test('joins by bytes and by URL; dropped rows count for nothing', async () => {
    const table = tableOf(
      { imageKey: 1n, urlKey: 7n },
      { imageKey: 2n, urlKey: 8n },
      { imageKey: 1n, urlKey: 8n },
      { imageKey: 1n },
      {},
      {},
    );
    const { rows, duplicateOf } = await exactDuplicate.measure(table, {}, contextOf(table, [3]));
    expect(valuesOf(rows, 6)).toEqual([0, 1, 2, Number.NaN, 0, 0]);
    expect(valuesOf(duplicateOf!, 6)).toEqual([-1, 0, 0, -1, -1, -1]);
    expect([0, 1].map((rank) => exactDuplicate.keep(rank, {}))).toEqual([true, false]);
  });
});

describe('near-duplicate', () => {
  const options = { maxDistance: 2, maxColorDistance: 10, maxScale: 1.12 };
  const colored = (red: number): Uint8Array => grey(100).map((value, index) => (index % 3 === 0 ? red : value));

  test('wants both the hash and the colours close, and joins in chains', async () => {
    const table = tableOf(
      { picture: picture(0b0000n, colored(0), 4) },
      { picture: picture(0b0011n, colored(9), 9) },
      { picture: picture(0b1111n, colored(15), 1) },
      { picture: picture(0b0011n, colored(60), 1) },
      { picture: picture(2n ** 60n - 1n, colored(0), 1) },
      {},
    );
    const { rows, duplicateOf, more } = await nearDuplicate.measure(table, options, contextOf(table));
    expect(valuesOf(rows, 6)).toEqual([1, 0, 2, 0, 0, 0]);
    expect(valuesOf(duplicateOf!, 6)).toEqual([1, -1, 1, -1, -1, -1]);
    expect(valuesOf(more!['near-duplicate.distance']!, 6)).toEqual([2, Number.NaN, 2, Number.NaN, Number.NaN, Number.NaN]);
  });

  test('flags that differ only in colour stay apart', async () => {
    const table = Uint8Array.of(...grey(0).fill(255), ...grey(0).fill(255).fill(0, 0, 3));
    expect([colorDistance(table, 0, 1, 255), colorDistance(table, 0, 0, 255)]).toEqual([255, 0]);
  });

  test('a drawing with other margins is the same, one of another size is not', async () => {
    const table = tableOf(
      { picture: picture(0n, colored(0), 9) },
      { picture: picture(1n, colored(0), 4, 0.03) },
      { picture: picture(1n, colored(0), 4, 0.2) },
    );
    const { rows, more } = await nearDuplicate.measure(table, options, contextOf(table));
    expect(valuesOf(rows, 3)).toEqual([0, 1, 0]);
    expect([more!['near-duplicate.distance']!.get(1), more!['near-duplicate.color']!.get(1)]).toEqual([1, 0]);
  });
});

describe('icon and placeholder', () => {
  const table = tableOf(
    { imageKey: 1n, pageKey: 1n, urlKey: 1n },
    { imageKey: 1n, pageKey: 2n, urlKey: 1n },
    { imageKey: 1n, pageKey: 2n, urlKey: 2n },
    { imageKey: 1n, pageKey: 3n, urlKey: 1n },
    { imageKey: 2n, pageKey: 1n, urlKey: 9n },
    {},
  );

  test('count distinct pages, rows that the crawler marked as duplicates included', async () => {
    const { rows } = await icon.measure(table, { maxPages: 2 }, contextOf(table, [3]));
    expect(valuesOf(rows, 6)).toEqual([3, 3, 3, Number.NaN, 1, Number.NaN]);
    expect([2, 3].map((pages) => icon.keep(pages, { maxPages: 2 }))).toEqual([true, false]);
  });

  test('count distinct URLs', async () => {
    const { rows } = await placeholder.measure(table, { maxUrls: 1 }, contextOf(table));
    expect(valuesOf(rows, 6)).toEqual([2, 2, 2, 2, 1, Number.NaN]);
    expect([1, 2].map((urls) => placeholder.keep(urls, { maxUrls: 1 }))).toEqual([true, false]);
  });
});

describe('text-frequency', () => {
  test('ranks the pictures of one text by the seed, whatever the order of rows', async () => {
    const rows = Array.from({ length: 12 }, (_, index) => ({ id: `row-${index}`, textKeys: index === 5 ? [9n, 7n] : [7n] }));
    const ranksById = async (order: Partial<Signature>[], seed: number): Promise<Record<string, number>> => {
      const table = tableOf(...order);
      const ranks = await textFrequency.measure(table, { max: 3 }, { ...contextOf(table), seed });
      return Object.fromEntries(order.map((_, row) => [table.id(row), ranks.get(table.textStarts.get(row + 1) - 1)]));
    };
    const ranks = await ranksById(rows, 1);
    expect(Object.values(ranks).sort((left, right) => left - right)).toEqual([...rows.keys()]);
    expect(await ranksById([...rows].reverse(), 1)).toEqual(ranks);
    expect(await ranksById(rows, 2)).not.toEqual(ranks);
    expect([2, 3].map((rank) => textFrequency.keep(rank, { max: 3 }))).toEqual([true, false]);
  });
});

describe('assignSplit', () => {
  const clusters = Array.from({ length: 4000 }, (_, index) => `cluster-${index}`);
  const count = (splits: string[]): Record<string, number> =>
    Object.fromEntries(['train', 'validation', 'test'].map((name) => [name, splits.filter((split) => split === name).length]));

  test('gives each split its share, by seed and cluster alone', () => {
    const options = { validation: 0.1, test: 0.2 };
    const splits = clusters.map((cluster) => assignSplit(cluster, null, options, 3));
    const { train, validation, test } = count(splits);
    expect(train! / 4000).toBeCloseTo(0.7, 1);
    expect(validation! / 4000).toBeCloseTo(0.1, 1);
    expect(test! / 4000).toBeCloseTo(0.2, 1);
    expect(clusters.map((cluster) => assignSplit(cluster, 'https://a/b', options, 3))).toEqual(splits);
    expect(clusters.map((cluster) => assignSplit(cluster, null, options, 4))).not.toEqual(splits);
  });

  test('held-out pictures are the whole test split', () => {
    const options = { validation: 0.1, test: 0.2, heldOut: { urlContains: ['/google/', '/b/'] } };
    expect(assignSplit('x', 'https://img/google/1.png', options, 3)).toBe('test');
    expect(count(clusters.map((cluster) => assignSplit(cluster, 'https://img/apple/1.png', options, 3)))['test']).toBe(0);
  });
});
