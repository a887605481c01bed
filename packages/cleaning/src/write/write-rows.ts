import type { DatasetWriter, Pair } from '@wenlan/shards';
import type { Grouping } from '../group/group-rows.ts';
import { mapConcurrent } from '../map-concurrent.ts';
import type { MeasuredDataset } from '../measure/measured-dataset.ts';
import { compileRecipe } from '../recipe/compile-recipe.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { SampleCollector } from '../report/collect-samples.ts';
import { EarlierRows } from './earlier-rows.ts';
import { blursFaces, outputRow } from './output-row.ts';

/** The split of every row that wasn't kept. */
export const DROPPED_SPLIT = 'dropped';

export interface WriteOptions {
  /** Pictures encoded at once. */
  workers: number;
  /** A dataset that an earlier cleaning wrote with the same way of encoding: pictures that it has encoded are copied. */
  earlier?: string | undefined;
  signal?: AbortSignal | undefined;
  onRows: (rowsDone: number) => void;
}

/**
 * The third pass: writes every row of the input, in its order, into the split that it fell to. Rows that an earlier process
 * committed are passed over.
 * @returns the samples, filled in
 */
export async function writeRows(
  dataset: MeasuredDataset,
  recipe: Recipe,
  grouping: Grouping,
  writer: DatasetWriter,
  { workers, earlier, signal, onRows }: WriteOptions,
): Promise<SampleCollector> {
  const compiled = compileRecipe(recipe);
  const samples = new SampleCollector(grouping.samples, compiled);
  const before = earlier === undefined ? null : new EarlierRows(earlier);
  const seen = new Map<string, number>();
  let index = 0;
  try {
    for await (const batch of dataset.readWithPairs()) {
      signal?.throwIfAborted();
      const jobs = [];
      for (const [at, { row, measured }] of batch.entries()) {
        const fate = grouping.fate(index + at);
        const split = fate.kind === 'kept' ? fate.split : DROPPED_SPLIT;
        const position = seen.get(split) ?? 0;
        seen.set(split, position + 1);
        const written = position < writer.rowsCommitted(split);
        const encodedBefore = (await before?.take(row.id)) ?? null;
        jobs.push({ row, measured, fate, split, index: index + at, written, encodedBefore });
      }
      const rows = await mapConcurrent(jobs, workers, async (job) => {
        const steps = compiled.forSource(job.row.source);
        if (samples.wants(job.index))
          await samples.collect(job.index, job.row.image, job.measured, {
            maxPixels: steps.maxPixels,
            blursFaces: blursFaces(steps),
          });
        if (job.written) return null;
        const { encodedBefore, fate } = job;
        return outputRow(job.row, job.measured, {
          index: job.index,
          fate,
          grouping,
          steps,
          encode: recipe.encode,
          encodedBefore,
        });
      });
      for (const [split, own] of bySplit(jobs, rows)) await writer.append(own, split);
      index += batch.length;
      onRows(index);
    }
  } finally {
    await before?.close();
  }
  return samples;
}

function bySplit(jobs: readonly { split: string }[], rows: readonly (Pair | null)[]): Map<string, Pair[]> {
  const groups = new Map<string, Pair[]>();
  for (const [at, row] of rows.entries()) {
    if (row === null) continue;
    const { split } = jobs[at]!;
    const group = groups.get(split);
    if (group === undefined) groups.set(split, [row]);
    else group.push(row);
  }
  return groups;
}
