import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { isRemote } from '@wenlan/shards';
import { UsageError } from '../usage-error.ts';

/** What lies in the folders that `serve` was given. */
export interface Content {
  datasets: string[];
  runs: string[];
  /** Folders that `wenlan compare` wrote. */
  comparisons: string[];
}

/** How deep below a folder datasets and runs are looked for: `quickstart/runs/brivl` is two below. */
const MAX_DEPTH = 2;

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );

/**
 * Finds datasets, runs and comparisons: a folder that is one itself, or those up to two levels below it.
 * @throws UsageError SERVE_EMPTY for a folder with neither
 */
export async function findContent(folders: readonly string[]): Promise<Content> {
  const content: Content = { datasets: [], runs: [], comparisons: [] };
  for (const folder of folders) {
    const before = sizeOf(content);
    if (isRemote(folder)) content.datasets.push(folder);
    else await look(folder, MAX_DEPTH, content);
    if (sizeOf(content) === before)
      throw new UsageError(
        'SERVE_EMPTY',
        `${folder} holds no dataset, no run and no comparison; name one, or the folder of a pipeline.`,
      );
  }
  return content;
}

const sizeOf = ({ datasets, runs, comparisons }: Content): number => datasets.length + runs.length + comparisons.length;

async function look(folder: string, depth: number, content: Content): Promise<void> {
  if (await isFile(join(folder, 'comparison.json'))) content.comparisons.push(folder);
  if (await isFile(join(folder, 'manifest.json'))) content.datasets.push(folder);
  else if (await isFile(join(folder, 'metrics.jsonl'))) content.runs.push(folder);
  else if (depth > 0) {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const entry of entries.sort((left, right) => (left.name < right.name ? -1 : 1)))
      if (entry.isDirectory()) await look(join(folder, entry.name), depth - 1, content);
  }
}

/** Names for the page, each once: the last part of a path, or the path from here where two end alike. */
export function namesOf(locations: readonly string[]): Map<string, string> {
  const ends = locations.map((location) => basename(location));
  return new Map(
    locations.map((location, index) => {
      const isAlone = ends.filter((end) => end === ends[index]).length === 1;
      return [location, isAlone || isRemote(location) ? ends[index]! : relative('.', location)];
    }),
  );
}
