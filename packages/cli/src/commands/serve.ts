import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { readMetrics } from '@wenlan/model/run-files';
import { readManifest } from '@wenlan/shards';
import { type DatasetOption, type MetricPoint, startStudio } from '@wenlan/studio';
import type { CommandContext } from '../command-context.ts';
import { loadConfig } from '../config/load.ts';
import { cleaningOption } from '../serve/cleaning-option.ts';
import { figureTables } from '../serve/figure-tables.ts';
import { findContent, namesOf } from '../serve/find-content.ts';
import type { OpenSearch } from '../serve/search-option.ts';

export interface ServeCommandOptions {
  run?: string;
  sentences?: string[];
  songs?: string[];
  config?: string;
  host?: string;
  port: number;
  token?: string;
}

/** Serves the studio until it is interrupted. */
export async function serveCommand(folders: string[], options: ServeCommandOptions, context: CommandContext): Promise<void> {
  const { reporter, signal } = context;
  const content = await findContent(folders);
  const names = namesOf([...content.datasets, ...content.runs]);
  const datasets = content.datasets.map((location): DatasetOption => ({ name: names.get(location)!, location }));
  const stages = await Promise.all(datasets.map(async ({ location }) => (await readManifest(location)).stage));
  const clean = datasets.filter((_, index) => stages[index] === 'clean');
  const search = await openSearch(clean.length > 0 ? clean : datasets, options, context);
  try {
    const studio = await startStudio({
      datasets: [...clean, ...datasets.filter((dataset) => !clean.includes(dataset))],
      runs: content.runs.map((folder) => ({
        name: names.get(folder)!,
        readMetrics: async () => (await readMetrics(join(folder, 'metrics.jsonl'))) as unknown as MetricPoint[],
        readResumePoints: () => readResumePoints(folder),
      })),
      readTables: () =>
        figureTables(
          content.runs.map((folder) => ({ name: names.get(folder)!, folder })),
          content.comparisons,
        ),
      cleaning: clean.map(({ name, location }) => cleaningOption(name, location)),
      ...(search === undefined ? {} : { search }),
      cacheFolder: join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'wenlan', 'studio'),
      port: options.port,
      ...(options.host === undefined ? {} : { host: options.host }),
      ...(options.token === undefined ? {} : { token: options.token }),
      signal,
      onProgress: ({ dataset, rowsDone }) => reporter.progress({ stage: 'index', done: rowsDone, unit: 'rows', detail: dataset }),
    });
    context.print(
      { url: studio.url, datasets: datasets.map(({ name }) => name), runs: content.runs.map((folder) => names.get(folder)) },
      [`Studio: ${studio.url} (Ctrl-C ends it)`],
    );
    if (!signal.aborted) await once(signal, 'abort');
    await studio.close();
  } finally {
    await search?.dispose();
  }
}

async function openSearch(
  datasets: readonly DatasetOption[],
  { run, sentences = [], songs = [], config }: ServeCommandOptions,
  context: CommandContext,
): Promise<OpenSearch | undefined> {
  if (run === undefined) return undefined;
  const { captionKinds } = (await loadConfig(config)).evaluate;
  const { searchOption } = await import('../serve/search-option.ts');
  return searchOption({ run, datasets, sentenceFiles: sentences, songFiles: songs, captionKinds }, context);
}

/** Steps of the checkpoints that lie there. */
async function readResumePoints(run: string): Promise<number[]> {
  const names = await readdir(join(run, 'checkpoints')).catch(() => []);
  return names.flatMap((name) => (/^step-\d+$/u.test(name) ? [Number(name.slice('step-'.length))] : [])).sort((a, b) => a - b);
}
