import type { Source } from '@wenlan/shards';
import type { EncodeOptions } from '../image/encode-picture.ts';

/** One rule of a recipe. */
export interface RecipeRule {
  /** Name of the rule. */
  rule: string;
  /** The sources whose pairs it judges; all if absent. */
  sources?: Source[];
  /** Thresholds and lists, complete. */
  options: Readonly<Record<string, unknown>>;
}

/** How a dataset is split. What decides is the seed and the cluster, so that a pair stays in its split when others are added. */
export interface SplitOptions {
  /** Share of the clusters, 0..1, that goes to the split `validation`. */
  validation: number;
  /** Share for `test`; has no effect beside `heldOut`. */
  test: number;
  /** The split `test` is then exactly the pairs whose image URL contains one of the strings. */
  heldOut?: { urlContains: string[] };
}

/** All that decides what cleaning does to a dataset, beside the seed. */
export interface Recipe {
  name: string;
  /** In the order in which they judge. */
  rules: RecipeRule[];
  trust: Source[];
  encode: EncodeOptions;
  split: SplitOptions;
}
