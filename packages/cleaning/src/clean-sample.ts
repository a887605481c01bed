import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDataset, readPairs } from '@wenlan/shards';
import { clean } from './clean.ts';
import type { CleanOptions } from './clean.ts';
import type { CleanSummary } from './clean-summary.ts';
import { Smallest } from './report/smallest.ts';
import { seededUnit } from './seeded-hash.ts';

/** As those of `clean`, for a sample of rows that is judged and not written. */
export interface CleanSampleOptions extends Pick<
  CleanOptions,
  'recipe' | 'seed' | 'workers' | 'scorer' | 'onProgress' | 'signal'
> {
  /** Rows of the sample; all where the dataset has fewer. */
  rows: number;
}

/**
 * Cleans a seeded sample of a dataset to see what a recipe does, and keeps nothing but the summary. Rules that look at the whole
 * dataset drop less of a sample; splits are left out.
 * @throws what `clean` throws
 */
export async function cleanSample(input: string, options: CleanSampleOptions): Promise<CleanSummary> {
  const { rows, recipe, seed, signal } = options;
  const draw = new Smallest<string>(rows);
  for await (const batch of readPairs(input, { columns: ['id'] })) {
    signal?.throwIfAborted();
    for (const { id } of batch) draw.offer(seededUnit(seed, 'row', id), () => id);
  }
  const drawn = new Set(draw.items);
  const folder = await mkdtemp(join(tmpdir(), 'wenlan-sample-'));
  try {
    const raw = join(folder, 'raw');
    const writer = await openDataset(raw, { stage: 'sample', recipe: { rows, seed } });
    for await (const batch of readPairs(input)) {
      signal?.throwIfAborted();
      await writer.append(batch.filter(({ id }) => drawn.has(id)));
    }
    await writer.finish();
    await writer.close();
    const unsplit = { ...recipe, split: { validation: 0, test: 0 } };
    return await clean(raw, { ...options, out: join(folder, 'clean'), recipe: unsplit });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
