import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findDuplicates } from '@wenlan/cleaning';
import type { Duplicates, FindDuplicatesOptions, Signature } from '@wenlan/cleaning';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { random } from './support/drawings.ts';

const MAX_DISTANCE = 3;
const MAX_COLOR_DISTANCE = 10;
const STEPS = {
  exact: true,
  picture: { maxDistance: MAX_DISTANCE, maxColorDistance: MAX_COLOR_DISTANCE, maxScale: 1.15 },
  vector: { minCosine: 0.99 },
  text: { ngram: 2, minJaccard: 0.8, minShingles: 4 },
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-out-of-core-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Few keys, hashes near one of three, texts that share their beginning: much is alike, in chains too. */
const drawn = fc.record({
  imageKey: fc.bigInt({ min: 0n, max: 30n }),
  urlKey: fc.bigInt({ min: 0n, max: 60n }),
  centre: fc.nat({ max: 2 }),
  flips: fc.array(fc.nat({ max: 63 }), { maxLength: 5 }),
  level: fc.constantFrom(0, 8, 16, 24, 200),
  pixels: fc.nat({ max: 4 }),
  text: fc.tuple(
    fc.constantFrom('北京故宫博物院的展览', '长城上的日落非常好看'),
    fc.constantFrom('', '今天', '今天开幕', '！', '在冬天'),
  ),
  vector: fc.option(fc.tuple(fc.constantFrom(1, 0.99, 0.9, 0), fc.constantFrom(0, 0.1, 0.5))),
});

const CENTRES = [0n, 0xffff_0000_ffff_0000n, 0x1234_5678_9abc_def0n];

const signaturesOf = (rows: (typeof drawn extends fc.Arbitrary<infer Row> ? Row : never)[]): Signature[] =>
  rows.map(({ imageKey, urlKey, centre, flips, level, pixels, text, vector }, index) => {
    const look = {
      phash: flips.reduce((hash, bit) => hash ^ (1n << BigInt(bit)), CENTRES[centre]!),
      colors: new Uint8Array(243).fill(level),
    };
    return {
      id: `id-${index}`,
      source: 'web',
      imageUrl: null,
      // As well mixed as keys are.
      imageKey: BigInt.asUintN(64, imageKey * 0x9e37_79b9_7f4a_7c15n),
      urlKey: BigInt.asUintN(64, urlKey * 0xc2b2_ae3d_27d4_eb4fn),
      pageKey: 0n,
      picture: { whole: look, trimmed: look, trimmedWidth: 1, trimmedHeight: 1, pixels },
      textKeys: [],
      textUnits: text.join('').length,
      text: text.join(''),
      vector: vector === null ? null : Float32Array.of(...vector, 0.2),
    };
  });

const outcome = ({ exact, picture, vector, text }: Duplicates): number[][] =>
  [exact!, picture!, vector!, text!].map((duplicateOf) => [...duplicateOf]);

const dedup = async (signatures: Signature[], spill?: FindDuplicatesOptions['spill']): Promise<number[][]> =>
  outcome(await findDuplicates(signatures, { ...STEPS, rows: signatures.length, ...(spill === undefined ? {} : { spill }) }));

test('in partitions of whatever size the same is joined as all at once', async () => {
  let joined = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(drawn, { minLength: 30, maxLength: 80 }),
      fc.constantFrom(10, 40),
      async (rows, partitionRecords) => {
        const signatures = signaturesOf(rows);
        const expected = await dedup(signatures);
        joined += expected.flat().filter((leader) => leader >= 0).length;
        expect(await dedup(signatures, { folder, memoryBytes: 1, partitionRecords })).toEqual(expected);
      },
    ),
    { numRuns: 25, seed: 17 },
  );
  expect(joined).toBeGreaterThan(1000);
  expect(await readdir(folder)).toEqual([]);
});

test('with next to no memory the same is joined as in memory', async () => {
  const next = random(3);
  const half = (): bigint => BigInt(Math.floor(next() * 2 ** 32));
  const key = (): bigint => (half() << 32n) | half();
  const signatures: Signature[] = [];
  for (let row = 0; row < 5000; row += 1) {
    const of = next() < 0.5 ? signatures[Math.floor(next() * row)] : undefined;
    const look = of?.picture?.whole ?? { phash: key(), colors: Uint8Array.from({ length: 243 }, () => next() * 256) };
    const text = of?.text ?? Array.from({ length: 12 }, () => String.fromCharCode(0x4e00 + next() * 3000)).join('');
    signatures.push({
      id: `id-${row}`,
      source: 'web',
      imageUrl: null,
      imageKey: of !== undefined && next() < 0.3 ? of.imageKey : key(),
      urlKey: key(),
      pageKey: 0n,
      picture: { whole: look, trimmed: look, trimmedWidth: 1, trimmedHeight: 1, pixels: Math.floor(next() * 100) },
      textKeys: [],
      textUnits: text.length,
      text: next() < 0.5 ? text : `${text}。`,
    });
  }
  const expected = await dedup(signatures);
  expect(expected.map((step) => step.filter((leader) => leader >= 0).length).filter((count) => count > 100)).toHaveLength(2);
  expect(await dedup(signatures, { folder, memoryBytes: 1, partitionRecords: 1000 })).toEqual(expected);
  expect(await readdir(folder)).toEqual([]);
});

test('what is joined is what comparing all with all joins', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(drawn, { minLength: 20, maxLength: 60 }), async (rows) => {
      const signatures = signaturesOf(rows);
      const [exact, picture] = (await dedup(signatures, { folder, memoryBytes: 1, partitionRecords: 16 })) as [
        number[],
        number[],
      ];
      const all = [...signatures.keys()];
      const byKey = (left: number, right: number): boolean =>
        (['imageKey', 'urlKey'] as const).some(
          (name) => signatures[left]![name] !== 0n && signatures[left]![name] === signatures[right]![name],
        );
      expect(exact).toEqual(leaders(all, signatures, byKey));
      const left = all.filter((row) => exact[row]! < 0);
      const look = (row: number): { phash: bigint; colors: Uint8Array } => signatures[row]!.picture!.whole;
      const alike = (one: number, other: number): boolean =>
        (look(one).phash ^ look(other).phash).toString(2).replaceAll('0', '').length <= MAX_DISTANCE &&
        Math.abs(look(one).colors[0]! - look(other).colors[0]!) <= MAX_COLOR_DISTANCE;
      expect(picture).toEqual(leaders(left, signatures, alike));
    }),
    { numRuns: 25, seed: 18 },
  );
});

/** For each signature the one of its cluster that stays, or -1; clusters by joining all that are alike, in chains too. */
function leaders(rows: number[], signatures: Signature[], alike: (left: number, right: number) => boolean): number[] {
  const cluster = new Map(rows.map((row) => [row, row]));
  for (const left of rows) {
    for (const right of rows) {
      if (left >= right || !alike(left, right) || cluster.get(left) === cluster.get(right)) continue;
      const [from, to] = [cluster.get(right)!, cluster.get(left)!];
      for (const row of rows) if (cluster.get(row) === from) cluster.set(row, to);
    }
  }
  const better = (left: number, right: number): number => {
    const [first, second] = [signatures[left]!, signatures[right]!];
    return (
      second.picture!.pixels - first.picture!.pixels || second.textUnits - first.textUnits || (first.id < second.id ? -1 : 1)
    );
  };
  return signatures.map((_, row) => {
    const members = rows.filter((other) => cluster.get(other) === cluster.get(row)).sort(better);
    return !cluster.has(row) || members[0] === row ? -1 : members[0]!;
  });
}
