import type { UnionFind } from '../group/union-find.ts';
import { joinInto } from '../reduce/joined-sets.ts';
import { singleTasks } from '../reduce/reduce-here.ts';
import type { Reducer } from '../reduce/reduce-here.ts';
import type { ReduceColumns } from '../reduce/reduction.ts';
import { KeyedRecords } from './keyed-records.ts';
import { mix32 } from './shingles.ts';
import type { SpillOptions } from './spill-file.ts';

const PLANES = 160;
const BANDS = 40;
/** Bits of a band: few enough that vectors at a cosine of 0.95 share one of the bands in 99 of 100 cases. */
const BAND_BITS = 20;

/**
 * Joins the items whose vectors have a cosine of at least `minCosine`. Candidates agree in a band of signs of random projections
 * (Charikar, "Similarity Estimation Techniques from Rounding Algorithms", 2002); each is then compared exactly.
 * @param items gives ascending numbers of the vectors, each time it is called
 * @param count about how many
 */
export async function joinSimilarVectors(
  items: () => Iterable<number>,
  count: number,
  columns: ReduceColumns,
  sets: UnionFind,
  minCosine: number,
  { reduce, spill }: { reduce: Reducer; spill: SpillOptions | null },
): Promise<void> {
  const vectorOf = (item: number): Float32Array | null => normalized(columns.vector(item));
  const centre = centreOf(items(), vectorOf);
  if (centre === null) return;
  const planes = randomPlanes(centre.length);
  const records = new KeyedRecords(count * BANDS, spill);
  const signs = new Uint8Array(PLANES);
  for (const item of items()) {
    const vector = vectorOf(item);
    if (vector === null) continue;
    for (let plane = 0; plane < PLANES; plane += 1) {
      let sum = 0;
      for (let at = 0; at < centre.length; at += 1) sum += planes[plane * centre.length + at]! * (vector[at]! - centre[at]!);
      signs[plane] = sum > 0 ? 1 : 0;
    }
    for (let band = 0; band < BANDS; band += 1) {
      let bits = 0;
      // Each band takes other planes, at another stride.
      for (let bit = 0; bit < BAND_BITS; bit += 1) bits = (bits << 1) | signs[(mix32(band * BAND_BITS + bit) >>> 0) % PLANES]!;
      records.addKey(mix32(bits ^ mix32(band)) >>> 0, mix32(bits + 0x5bd1e995 * (band + 1)) >>> 0, item);
    }
  }
  const reduction = { kind: 'similar-vectors', options: { minCosine } } as const;
  await reduce({ reduction, records, tasks: singleTasks(records) }, columns, joinInto(sets));
}

/** Vectors of a trained tower lie in a narrow cone; around their mean the signs of projections tell them apart. */
function centreOf(items: Iterable<number>, vectorOf: (item: number) => Float32Array | null): Float64Array | null {
  let centre: Float64Array | null = null;
  let count = 0;
  for (const item of items) {
    const vector = vectorOf(item);
    if (vector === null) continue;
    centre ??= new Float64Array(vector.length);
    for (let at = 0; at < vector.length; at += 1) centre[at]! += vector[at]!;
    count += 1;
  }
  return centre?.map((sum) => sum / count) ?? null;
}

function normalized(vector: Float32Array | null): Float32Array | null {
  if (vector === null) return null;
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return length === 0 ? null : vector.map((value) => value / length);
}

/** [planes, dimension], of normally distributed numbers, the same in each run. */
function randomPlanes(dimension: number): Float32Array {
  const unit = (index: number): number => ((mix32(index) >>> 0) + 0.5) / 2 ** 32;
  return Float32Array.from(
    { length: PLANES * dimension },
    (_, index) => Math.sqrt(-2 * Math.log(unit(2 * index + 1))) * Math.cos(2 * Math.PI * unit(2 * index + 2)),
  );
}
