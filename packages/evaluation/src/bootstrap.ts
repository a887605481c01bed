import { seededRandom } from './seeded-random.ts';

/** Bounds in per cent between which a figure lies with the stated confidence. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** How intervals are drawn. */
export interface BootstrapOptions {
  readonly seed: number;
  readonly resamples: number;
  /** Such as 0.95. */
  readonly confidence: number;
}

/** The queries of one direction, as the bootstrap sees them. */
export interface BootstrapQueries {
  /** Group that each query belongs to; queries of one group are drawn together. */
  readonly groups: Int32Array;
  /** Rank of each query's best right answer, from 1. */
  readonly ranks: Uint32Array;
}

export interface RecallIntervals {
  readonly i2t: Interval;
  readonly t2i: Interval;
  /** Of the mean of both directions. */
  readonly mean: Interval;
}

/**
 * Percentile intervals (Efron and Tibshirani, "An Introduction to the Bootstrap", chapter 13) for R@K in both directions and their mean.
 *
 * What is drawn with replacement are groups of queries tied by truth: the five captions of one picture are not five independent
 * queries, nor is a picture independent of its own text in the other direction. With one text an image, a group is one pair.
 *
 * @param groups how many groups there are; each must have a query in both directions
 * @returns one entry for each of `recallAt`
 */
export function recallIntervals(
  i2t: BootstrapQueries,
  t2i: BootstrapQueries,
  groups: number,
  recallAt: readonly number[],
  options: BootstrapOptions,
): RecallIntervals[] {
  const width = recallAt.length + 1;
  const sums = [i2t, t2i].map((queries) => sumByGroup(queries, groups, recallAt)); // each [groups, width]
  const drawn = recallAt.map(() => [0, 1, 2].map(() => new Float64Array(options.resamples)));
  const random = seededRandom(options.seed);
  const totals = [new Float64Array(width), new Float64Array(width)];
  for (let resample = 0; resample < options.resamples; resample++) {
    for (const total of totals) total.fill(0);
    for (let draw = 0; draw < groups; draw++) {
      const start = Math.floor(random() * groups) * width;
      for (let column = 0; column < width; column++) {
        totals[0]![column]! += sums[0]![start + column]!;
        totals[1]![column]! += sums[1]![start + column]!;
      }
    }
    for (const [column, samples] of drawn.entries()) {
      const [image, text] = totals.map((total) => (100 * total[column]!) / total[width - 1]!) as [number, number];
      samples[0]![resample] = image;
      samples[1]![resample] = text;
      samples[2]![resample] = (image + text) / 2;
    }
  }
  return drawn.map((samples) => {
    const [image, text, mean] = samples.map((values) => percentileInterval(values, options.confidence)) as [
      Interval,
      Interval,
      Interval,
    ];
    return { i2t: image, t2i: text, mean };
  });
}

/** Hits at each K, then the number of queries, of every group. */
function sumByGroup(queries: BootstrapQueries, groups: number, recallAt: readonly number[]): Float64Array {
  const width = recallAt.length + 1;
  const sums = new Float64Array(groups * width); // [groups, width]
  for (const [query, group] of queries.groups.entries()) {
    const start = group * width;
    const rank = queries.ranks[query]!;
    for (const [column, k] of recallAt.entries()) if (rank <= k) sums[start + column]! += 1;
    sums[start + width - 1]! += 1;
  }
  return sums;
}

function percentileInterval(values: Float64Array, confidence: number): Interval {
  values.sort();
  const tail = (1 - confidence) / 2;
  return { low: quantile(values, tail), high: quantile(values, 1 - tail) };
}

/** Linear between order statistics. */
function quantile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (high - low) * (position - below);
}
