import { readFile } from 'node:fs/promises';
import { topMatches } from '@wenlan/evaluation';
import { type LoadedRun, loadRun } from '@wenlan/model';
import { decodePixels } from '@wenlan/shards';
import type { CommandContext } from '../command-context.ts';
import { loadConfig } from '../config/load.ts';
import { encodeGallery } from '../gallery.ts';
import { UsageError } from '../usage-error.ts';

export interface SearchCommandOptions {
  data: string;
  config?: string;
  top: number;
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
  const run = await loadRun(runFolder, (sentence) => context.reporter.note(sentence));
  try {
    const gallery = await encodeGallery(run, options.data, { captionKinds }, context);
    const isPicture = PICTURE.test(query);
    const values = isPicture ? await encodePicture(run, query) : await run.encodeTexts([query]);
    const captions = [...new Set(gallery.entries.map(({ caption }) => caption))];
    const searched = isPicture
      ? { values: await run.encodeTexts(captions), rows: captions.length, dim: run.dim }
      : gallery.images;
    const [found] = topMatches({ values, rows: 1, dim: run.dim }, searched, options.top);
    const matches = found!.map(({ row, score }) =>
      isPicture ? { score, caption: captions[row]! } : { score, ...gallery.entries[row]! },
    );
    context.print(
      { query, matches },
      matches.map(
        (match) => `${match.score.toFixed(3)}  ${match.caption}${'imageUrl' in match ? `  ${match.imageUrl ?? match.id}` : ''}`,
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
