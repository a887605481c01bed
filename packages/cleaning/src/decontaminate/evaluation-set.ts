import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readPairs, UserError } from '@wenlan/shards';
import { decodePicture } from '../image/decode-picture.ts';
import { looksOf } from '../image/look.ts';
import type { Looks } from '../image/look.ts';

/** What of evaluation sets must not be learnt from. */
export interface EvaluationSet {
  looks: Looks[];
  texts: string[];
}

const MAX_PIXELS = 100_000_000;
const PICTURE_FILE = /\.(?:jpe?g|png|webp|gif|avif|svg|tiff?|bmp|heic)$/iu;

/**
 * Reads the sets that a recipe names: a dataset, a folder of pictures (with `.txt` files of texts), or a file with a text on
 * each line.
 * @throws UserError EVALUATION_SET
 */
export async function readEvaluationSets(sets: readonly string[]): Promise<EvaluationSet> {
  const found: EvaluationSet = { looks: [], texts: [] };
  for (const set of sets) {
    const before = found.looks.length + found.texts.length;
    const kind = await stat(set).catch((error: NodeJS.ErrnoException) => {
      throw unusable(set, `it can't be read (${error.code})`, error);
    });
    if (!kind.isDirectory()) addTexts(found, await readFile(set, 'utf8'));
    else if ((await readdir(set)).includes('manifest.json')) await addDataset(found, set);
    else await addFolder(found, set);
    if (found.looks.length + found.texts.length === before) throw unusable(set, 'it holds no picture and no text');
  }
  return found;
}

const unusable = (set: string, what: string, cause?: unknown): UserError =>
  new UserError(
    'EVALUATION_SET',
    `The evaluation set ${set} of the rule decontaminate can't be used: ${what}; name a dataset, a folder of pictures or a file of texts.`,
    { cause },
  );

function addTexts({ texts }: EvaluationSet, lines: string): void {
  for (const line of lines.split(/\r?\n/u)) if (line.trim() !== '') texts.push(line);
}

async function addDataset(found: EvaluationSet, location: string): Promise<void> {
  for await (const rows of readPairs(location, { columns: ['image', 'texts'], where: ({ outcome }) => outcome === 'ok' })) {
    for (const { image, texts } of rows) {
      if (image !== null) await addPicture(found, image);
      found.texts.push(...texts.map(({ text }) => text));
    }
  }
}

async function addFolder(found: EvaluationSet, folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((file) => file.isFile()).sort((left, right) => (left.name < right.name ? -1 : 1))) {
    const path = join(entry.parentPath, entry.name);
    if (entry.name.endsWith('.txt')) addTexts(found, await readFile(path, 'utf8'));
    else if (PICTURE_FILE.test(entry.name)) await addPicture(found, await readFile(path));
  }
}

async function addPicture({ looks }: EvaluationSet, bytes: Uint8Array): Promise<void> {
  try {
    looks.push(looksOf((await decodePicture(bytes, { maxPixels: MAX_PIXELS })).raster));
  } catch {
    // What doesn't decode can't be met among pictures that do.
  }
}
