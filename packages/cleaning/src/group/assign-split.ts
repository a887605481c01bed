import type { SplitOptions } from '../recipe/recipe.ts';
import { seededUnit } from '../seeded-hash.ts';

export const KEPT_SPLITS = ['train', 'validation', 'test'] as const;
/** Splits of what is kept. */
export type KeptSplit = (typeof KEPT_SPLITS)[number];

/**
 * The split of a survivor: by its URL if pictures are held out, else by the seed and its cluster alone.
 * @param cluster id that stands for the cluster
 */
export function assignSplit(cluster: string, imageUrl: string | null, split: SplitOptions, seed: number): KeptSplit {
  const { validation, test, heldOut } = split;
  if (heldOut?.urlContains.some((part) => imageUrl?.includes(part))) return 'test';
  const at = seededUnit(seed, 'split', cluster);
  if (at < validation) return 'validation';
  return heldOut === undefined && at < validation + test ? 'test' : 'train';
}

/** The splits that a recipe asks for, and which an empty result would betray. */
export function wantedSplits({ validation, test, heldOut }: SplitOptions): KeptSplit[] {
  const wanted: Record<KeptSplit, boolean> = { train: true, validation: validation > 0, test: heldOut !== undefined || test > 0 };
  return KEPT_SPLITS.filter((name) => wanted[name]);
}
