import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { topMatches, type Vectors } from '@wenlan/evaluation';
import { type LoadedRun, loadRun } from '@wenlan/model';
import { decodePixels, type TextKind } from '@wenlan/shards';
import type { Collection, DatasetOption, SearchOption } from '@wenlan/studio';
import type { CommandContext } from '../command-context.ts';
import { encodeGallery } from '../gallery.ts';
import { UsageError } from '../usage-error.ts';

export interface SearchOptionInput {
  run: string;
  /** Datasets whose pictures and captions are searched. */
  datasets: readonly DatasetOption[];
  /** Files with a sentence a line: quotations, poems, songs. */
  sentenceFiles: readonly string[];
  captionKinds: TextKind[];
}

export interface OpenSearch extends SearchOption {
  dispose(): void;
}

/** Encodes all that is searched with a run's model, once. */
export async function searchOption(
  { run: folder, datasets, sentenceFiles, captionKinds }: SearchOptionInput,
  context: CommandContext,
): Promise<OpenSearch> {
  const run = await loadRun(folder, (sentence) => context.reporter.note(sentence));
  const collections: Collection[] = [];
  for (const { name, location } of datasets) {
    const { entries, images } = await encodeGallery(run, location, { captionKinds }, context);
    const describe = (row: number): ReturnType<Collection['describe']> => {
      const { id, caption } = entries[row]!;
      return { text: caption, dataset: name, id };
    };
    collections.push(collection(`${name}: pictures`, 'pictures', images, describe));
    const captions = [...new Set(entries.map(({ caption }) => caption))];
    collections.push(await sentences(run, `${name}: captions`, captions));
  }
  for (const file of sentenceFiles) collections.push(await sentences(run, basename(file), await readLines(file)));
  return {
    model: `${basename(folder)}, step ${run.step}`,
    dim: run.dim,
    encodeText: (text) => run.encodeTexts([text]),
    async encodePictures(pictures) {
      const pixels = new Float32Array(pictures.length * run.side ** 2 * 3); // [pictures, side, side, 3]
      for (const [index, picture] of pictures.entries())
        pixels.set(await decodePixels(picture, run.side), index * run.side ** 2 * 3);
      const vectors = await run.encodeImages(pixels, pictures.length); // [pictures, dim]
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

function collection(name: string, kind: Collection['kind'], gallery: Vectors, describe: Collection['describe']): Collection {
  return {
    name,
    kind,
    size: gallery.rows,
    search: async (values, top) => topMatches({ values, rows: 1, dim: gallery.dim }, gallery, top)[0]!,
    describe,
  };
}

async function readLines(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(
      'SENTENCES_MISSING',
      `The sentences ${file} can't be read (${error.code}); name a text file with one a line.`,
    );
  });
  const lines = [...new Set(text.split(/\r?\n/u).map((line) => line.trim()))].filter(Boolean);
  if (lines.length === 0) throw new UsageError('SENTENCES_EMPTY', `${file} has no line with a sentence; put one on each line.`);
  return lines;
}
