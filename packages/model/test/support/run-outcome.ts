import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readMetrics } from '@wenlan/model';

/** What a run computed: the loss of every step, how many pictures didn't decode, and the checksum of its last weights. */
export async function outcomeOf(out: string): Promise<{ losses: number[]; skipped: number[]; weights: string }> {
  const metrics = await readMetrics(join(out, 'metrics.jsonl'));
  const losses = metrics.map(({ loss }) => loss);
  const skipped = metrics.map(({ skippedPictures }) => skippedPictures);
  const newest = (await readdir(join(out, 'checkpoints'))).sort().at(-1)!;
  const state = JSON.parse((await readFile(join(out, 'checkpoints', newest, 'state.json'), 'utf8')).split('\n')[1]!) as {
    tensors: { sha256: string };
  };
  return { losses, skipped, weights: state.tensors.sha256 };
}
