import type { Pair } from '@wenlan/shards';

/** A pair that is to be scored. */
export interface ScoredPair extends Pick<Pair, 'width' | 'height' | 'boxes'> {
  id: string;
  /** Bytes of the picture as they came in; it is known to decode. */
  image: Uint8Array;
  /** Cleaned. */
  texts: readonly string[];
}

/** What a model says of a pair: how far each text goes with the picture, and the vector of the picture. */
export interface PairScore {
  /** How well the picture goes with each of the texts: a cosine, or whatever the recipe's rule `band` is set for. */
  correlations: readonly number[];
  /** Embedding of the picture, for the rule `semantic-duplicate`. */
  vector?: Float32Array;
}

/** A two-tower model, or its vectors, that says how strongly pictures and texts correlate. */
export interface PairScorer {
  /** Name and version of the model: measures of another one are not taken over. */
  readonly name: string;
  /** Scores pairs, in their order. */
  score(pairs: readonly ScoredPair[]): Promise<readonly PairScore[]>;
}
