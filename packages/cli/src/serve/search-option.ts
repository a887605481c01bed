import { basename } from 'node:path';
import { encodePictures, type LoadedRun, loadRun } from '@wenlan/model';
import type { TextKind } from '@wenlan/shards';
import type { Collection, DatasetOption, SearchOption } from '@wenlan/studio';
import type { CommandContext } from '../command-context.ts';
import { readLines } from '../read-lines.ts';
import { datasetCollections, type OpenCollections } from './dataset-collections.ts';
import { exactCollection } from './exact-collection.ts';
import { songCollection } from './song-collection.ts';

export interface SearchOptionInput {
  run: string;
  /** Datasets whose pictures and captions are searched. */
  datasets: readonly DatasetOption[];
  /** Files with a sentence a line: quotations, poems. */
  sentenceFiles: readonly string[];
  /** Lists of songs, as `readSongs` takes them. */
  songFiles: readonly string[];
  captionKinds: TextKind[];
}

export interface OpenSearch extends SearchOption {
  dispose(): Promise<void>;
}

/** Encodes all that is searched with a run's model, once. */
export async function searchOption(
  { run: folder, datasets, sentenceFiles, songFiles, captionKinds }: SearchOptionInput,
  context: CommandContext,
): Promise<OpenSearch> {
  const run = await loadRun(folder, { note: (sentence) => context.reporter.note(sentence) });
  const opened: OpenCollections[] = [];
  for (const dataset of datasets) opened.push(await datasetCollections(dataset, { folder, run, captionKinds }, context));
  const collections = opened.flatMap((each) => each.collections);
  for (const file of sentenceFiles) collections.push(await sentences(run, basename(file), await readLines(file)));
  for (const file of songFiles) collections.push(await songCollection(run, file));
  return {
    model: `${basename(folder)}, step ${run.step}`,
    dim: run.dim,
    encodeText: (text) => run.encodeTexts([text]),
    async encodePictures(pictures) {
      const vectors = await encodePictures(
        run,
        pictures.map((image) => ({ image })),
      ); // [pictures, dim]
      return pictures.map((_, index) => vectors.slice(index * run.dim, (index + 1) * run.dim));
    },
    collections,
    async dispose() {
      await Promise.all(opened.map((each) => each.close()));
      run.dispose();
    },
  };
}

async function sentences(run: LoadedRun, name: string, lines: readonly string[]): Promise<Collection> {
  const vectors = { values: await run.encodeTexts(lines), rows: lines.length, dim: run.dim };
  return exactCollection({ name, kind: 'sentences' }, vectors, (row) => ({ text: lines[row]! }));
}
