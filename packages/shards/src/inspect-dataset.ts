import { datasetLocation } from './location.ts';
import { readManifest } from './manifest.ts';
import type { Totals } from './manifest.ts';
import { readPairs } from './read-pairs.ts';
import type { ShardDamagedError } from './shard-damaged-error.ts';

/** A bar of a histogram: how many values lie in [from, to]. */
export interface Bar {
  from: number;
  to: number;
  count: number;
}

/** What a dataset holds, counted. */
export interface DatasetSummary extends Totals {
  location: string;
  stage: string;
  complete: boolean;
  /** Number of shards, and their size in bytes. */
  shards: number;
  bytes: number;
  /** Texts by length in characters (code points), in bars of powers of two. */
  textLengths: Bar[];
  /** Pictures by their shorter side in pixels, in bars of powers of two; rows without a size aren't counted. */
  imageSides: Bar[];
  /** What couldn't be read, and isn't in the two histograms. */
  damaged: string[];
}

/**
 * Counts what a dataset holds. Totals come from the manifest; texts and sizes are read, pictures aren't.
 * @throws UserError those of {@link readManifest}
 */
export async function inspectDataset(location: string): Promise<DatasetSummary> {
  const { stage, complete, shards, totals } = await readManifest(location);
  const textLengths: number[] = [];
  const imageSides: number[] = [];
  const damaged: string[] = [];
  const onDamaged = ({ message }: ShardDamagedError): void => {
    damaged.push(message);
  };
  for await (const rows of readPairs(location, { columns: ['texts', 'width', 'height'], onDamaged })) {
    for (const { texts, width, height } of rows) {
      for (const { text } of texts) countInto(textLengths, [...text].length);
      if (width !== null && height !== null) countInto(imageSides, Math.min(width, height));
    }
  }
  return {
    location: datasetLocation(location),
    stage,
    complete,
    ...totals,
    shards: shards.length,
    bytes: shards.reduce((sum, { bytes }) => sum + bytes, 0),
    textLengths: barsOf(textLengths),
    imageSides: barsOf(imageSides),
    damaged,
  };
}

/** Bar 0 holds the value 0, bar n the values of n binary digits. */
function countInto(counts: number[], value: number): void {
  const bar = value === 0 ? 0 : Math.floor(Math.log2(value)) + 1;
  while (counts.length <= bar) counts.push(0);
  counts[bar]! += 1;
}

function barsOf(counts: readonly number[]): Bar[] {
  const bars = counts.map((count, bar) =>
    bar === 0 ? { from: 0, to: 0, count } : { from: 2 ** (bar - 1), to: 2 ** bar - 1, count },
  );
  return bars.slice(counts.findIndex((count) => count > 0));
}
