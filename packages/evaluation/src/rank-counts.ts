import type { MatMul } from './mat-mul.ts';

/** Which of equal scores ranks first: the lower row, the right answer (`optimistic`) or the wrong one (`pessimistic`). */
export type TieRule = 'index' | 'optimistic' | 'pessimistic';

export interface QueryRanks {
  /** Rows of the queries, ascending. */
  readonly queries: Uint32Array;
  /** For each query the rank of its best right answer, from 1. */
  readonly ranks: Uint32Array;
  /** Queries whose best right answer has the score of a wrong one, so that the tie rule matters. */
  readonly tiedQueries: number;
}

export interface RankOptions {
  readonly ties: TieRule;
  /** Instead of this package's own product of matrices. */
  readonly matMul?: MatMul | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** What one direction counts while the scores stream by. */
export interface Counts {
  /** Score of the best right answer of each query; Infinity where a row is no query. */
  readonly best: Float64Array;
  /** The lowest row that has that score. */
  readonly first: Uint32Array;
  /** Right answers that have that score. */
  readonly rightTied: Uint32Array;
  /** Gallery rows of higher score. */
  readonly better: Uint32Array;
  /** Gallery rows of equal score, right or wrong. */
  readonly tied: Uint32Array;
  /** Those of them in a row before the best right answer. */
  readonly tiedBefore: Uint32Array;
}

export function newCounts(rows: number): Counts {
  const zeros = (): Uint32Array => new Uint32Array(rows);
  return {
    best: new Float64Array(rows).fill(-Infinity),
    first: zeros(),
    rightTied: zeros(),
    better: zeros(),
    tied: zeros(),
    tiedBefore: zeros(),
  };
}

/** An answer of the score of the best right one, itself right or wrong. */
export function noteTie(counts: Counts, query: number, answer: number): void {
  counts.tied[query]! += 1;
  if (answer < counts.first[query]!) counts.tiedBefore[query]! += 1;
}
