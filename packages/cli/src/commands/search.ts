import { readFile } from 'node:fs/promises';
import { type LoadedRun, loadRun } from '@wenlan/model';
import { decodePixels } from '@wenlan/shards';
import type { CommandContext } from '../command-context.ts';
import { loadConfig } from '../config/load.ts';
import { searchVectors } from '../search-vectors.ts';
import { UsageError } from '../usage-error.ts';

export interface SearchCommandOptions {
  data: string;
  config?: string;
  top: number;
}

interface SearchMatch {
  score: number;
  caption: string;
  /** Of the picture that was found. */
  id?: string;
  imageUrl?: string | null;
}

/** What is a file with one of these endings is a picture; everything else is a sentence. */
const PICTURE = /\.(png|jpe?g|webp|gif|avif|svg|tiff?)$/i;

/** A sentence finds pictures, a picture finds captions. */
export async function searchCommand(
  runFolder: string,
  query: string,
  options: SearchCommandOptions,
  context: CommandContext,
): Promise<void> {
  const { captionKinds } = (await loadConfig(options.config)).evaluate;
  const run = await loadRun(runFolder, { note: (sentence) => context.reporter.note(sentence) });
  try {
    const isPicture = PICTURE.test(query);
    const vector = isPicture ? await encodePicture(run, query) : await run.encodeTexts([query]);
    const what = isPicture ? 'captions' : 'pictures';
    const search = { folder: runFolder, run, data: options.data, captionKinds, what, query: vector, top: options.top } as const;
    const matches = (await searchVectors(search, context)).map(({ score, id, text, imageUrl }): SearchMatch =>
      isPicture ? { score, caption: text } : { score, id, caption: text, imageUrl },
    );
    context.print(
      { query, matches },
      matches.map(
        (match) =>
          `${match.score.toFixed(3)}  ${match.caption}${match.id === undefined ? '' : `  ${match.imageUrl ?? match.id}`}`,
      ),
    );
  } finally {
    run.dispose();
  }
}

async function encodePicture(run: LoadedRun, file: string): Promise<Float32Array> {
  const bytes = await readFile(file).catch(() => {
    throw new UsageError('PICTURE_MISSING', `${file} can't be read; name a picture file, or search by a sentence.`);
  });
  const pixels = await decodePixels(bytes, run.side).catch((error: Error) => {
    throw new UsageError('PICTURE_DAMAGED', `${file} doesn't decode (${error.message}); name another picture.`);
  });
  return run.encodeImages(pixels, 1);
}
