import { basename } from 'node:path';
import { ExactIndex, type Vectors } from '@wenlan/evaluation';
import { encodePictures, type LoadedRun, loadRun } from '@wenlan/model';
import type { TextKind } from '@wenlan/shards';
import type { Collection, DatasetOption, SearchOption } from '@wenlan/studio';
import type { CommandContext } from '../command-context.ts';
import { readLines } from '../read-lines.ts';
import { songCollection } from './song-collection.ts';
import { distinctTexts, storedVectors } from '../stored-vectors.ts';

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
  dispose(): void;
}

/** Encodes all that is searched with a run's model, once. */
export async function searchOption(
  { run: folder, datasets, sentenceFiles, songFiles, captionKinds }: SearchOptionInput,
  context: CommandContext,
): Promise<OpenSearch> {
  const run = await loadRun(folder, (sentence) => context.reporter.note(sentence));
  const collections: Collection[] = [];
  for (const { name, location } of datasets) {
    const stored = { folder, run, data: location, captionKinds };
    const { ids, texts, values, dim } = await storedVectors('pictures', stored, context);
    const describe = (row: number): ReturnType<Collection['describe']> => ({ text: texts[row]!, dataset: name, id: ids[row]! });
    collections.push(collection(`${name}: pictures`, 'pictures', { values, rows: ids.length, dim }, describe));
    const captions = distinctTexts(await storedVectors('captions', stored, context));
    collections.push(collection(`${name}: captions`, 'sentences', captions, (row) => ({ text: captions.texts[row]! })));
  }
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
    dispose: () => run.dispose(),
  };
}

async function sentences(run: LoadedRun, name: string, lines: readonly string[]): Promise<Collection> {
  const vectors = { values: await run.encodeTexts(lines), rows: lines.length, dim: run.dim };
  return collection(name, 'sentences', vectors, (row) => ({ text: lines[row]! }));
}

/** Keeps the vectors in an index: with 100,000 of them a sentence is answered in a twentieth of a second. */
function collection(name: string, kind: Collection['kind'], gallery: Vectors, describe: Collection['describe']): Collection {
  const index = new ExactIndex(gallery);
  return { name, kind, size: gallery.rows, search: async (vector, top) => index.search(vector, top), describe };
}
