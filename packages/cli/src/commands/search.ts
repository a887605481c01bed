import { loadRun } from '@wenlan/model';
import type { CommandContext } from '../command-context.ts';
import { loadConfig } from '../config/load.ts';
import { readPicture } from '../read-picture.ts';
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
  if (query.trim() === '') {
    throw new UsageError('QUERY_EMPTY', 'The query is empty; give a sentence, or the name of a picture file.');
  }
  const { captionKinds } = (await loadConfig(options.config)).evaluate;
  const run = await loadRun(runFolder, { note: (sentence) => context.reporter.note(sentence) });
  try {
    const isPicture = PICTURE.test(query);
    const vector = isPicture ? await run.encodeImages(await readPicture(query, run.side), 1) : await run.encodeTexts([query]);
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
