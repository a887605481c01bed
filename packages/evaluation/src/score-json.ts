import type { DirectionResult, RecallAtK, RetrievalConditions, RetrievalResult } from './retrieval-result.ts';

/** One direction as the command line prints it: `R@1`, `R@5` and so on in per cent, and the same keys below `chance` and `interval`. */
export interface DirectionJson {
  readonly [recall: `R@${number}`]: number;
  readonly MR3: number;
  readonly medianRank: number;
  readonly meanRank: number;
  readonly queries: number;
  readonly gallery: number;
  readonly tiedQueries: number;
  readonly chance: Readonly<Record<string, number>>;
  readonly interval: Readonly<Record<string, readonly [low: number, high: number]>>;
}

/** A result of `retrieval` as flat JSON. */
export interface ScoreJson {
  readonly i2t: DirectionJson;
  readonly t2i: DirectionJson;
  readonly MR6: number;
  readonly Rsum: number;
  readonly conditions: RetrievalConditions;
}

/** The result as one flat JSON object, keyed as the field writes its figures. */
export function scoreJson(result: RetrievalResult): ScoreJson {
  const { i2t, t2i, MR6, Rsum, conditions } = result;
  return { i2t: directionJson(i2t), t2i: directionJson(t2i), MR6, Rsum, conditions };
}

function directionJson(direction: DirectionResult): DirectionJson {
  const { recall, queryRows: _rows, ranks: _ranks, ...rest } = direction;
  const byName = <T>(pick: (entry: RecallAtK) => T): Record<`R@${number}`, T> =>
    Object.fromEntries(recall.map((entry) => [`R@${entry.k}`, pick(entry)]));
  const interval = recall.flatMap((entry) =>
    entry.interval ? [[`R@${entry.k}`, [entry.interval.low, entry.interval.high]] as const] : [],
  );
  return {
    ...byName((entry) => entry.percent),
    ...rest,
    chance: byName((entry) => entry.chance),
    interval: Object.fromEntries(interval),
  };
}
