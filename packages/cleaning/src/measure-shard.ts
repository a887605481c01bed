import { join } from 'node:path';
import { readManifest, workFolder } from '@wenlan/shards';
import { MEASURES_FOLDER } from './clean.ts';
import type { CleanOptions } from './clean.ts';
import { loadDetectors } from './detectors/load-detectors.ts';
import { MeasuredDataset } from './measure/measured-dataset.ts';

/** What a shard is measured for. */
export interface MeasureShardOptions extends Pick<CleanOptions, 'recipe'> {
  /** The clean dataset, which a `clean` in another process is going to write: a folder that both see. */
  out: string;
  /** Pictures decoded at once. */
  workers: number;
}

/**
 * Measures one shard for a `clean` that waits for it in another process (`measureElsewhere`). Done twice, also at once, it
 * leaves the same file.
 * @param input location of the raw dataset
 * @param shard index in its manifest
 * @returns rows of the shard
 * @throws UserError those of `readManifest`, SHARD_DAMAGED, DETECTOR_MODULE; DiskFullError
 */
export async function measureShard(input: string, shard: number, { out, recipe, workers }: MeasureShardOptions): Promise<number> {
  const [manifest, detectors] = await Promise.all([readManifest(input), loadDetectors(recipe)]);
  const measured = new MeasuredDataset(input, manifest, join(workFolder(out), MEASURES_FOLDER), recipe, { detectors });
  let rows = 0;
  for await (const done of measured.measureShards([shard], workers)) rows += done;
  return rows;
}
