import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRemote, readManifest, workFolder } from '@wenlan/shards';
import type { CleanOptions } from './clean.ts';
import { loadDetectors } from './detectors/load-detectors.ts';
import { MeasuredDataset } from './measure/measured-dataset.ts';
import { MEASURES_FOLDER, sendMeasures } from './measure/sent-measures.ts';

/** What a shard is measured for. */
export interface MeasureShardOptions extends Pick<CleanOptions, 'recipe'> {
  /** The clean dataset, which a `clean` in another process is going to write: in S3, or a folder that both see. */
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
  const folder = isRemote(out) ? await mkdtemp(join(tmpdir(), 'wenlan-measures-')) : join(workFolder(out), MEASURES_FOLDER);
  try {
    const measured = new MeasuredDataset(input, manifest, folder, recipe, { detectors });
    let rows = 0;
    for await (const done of measured.measureShards([shard], workers)) rows += done;
    if (isRemote(out)) await sendMeasures(folder, out);
    return rows;
  } finally {
    if (isRemote(out)) await rm(folder, { recursive: true, force: true });
  }
}
