import { readFile } from 'node:fs/promises';
import { badRow } from './foreign-row.ts';
import type { ForeignRow, InputFile, ReadContext } from './foreign-row.ts';
import { rowOfRecord } from './record-row.ts';

interface Captions {
  images: Record<string, unknown>[];
  annotations: Record<string, unknown>[];
}

/**
 * The pictures of a captions file as COCO has it, a row each with all of its captions; the file is held in memory.
 * Captions of a picture that isn't listed are bad rows.
 */
export async function* readCoco(file: InputFile, context: ReadContext): AsyncGenerator<ForeignRow, void, undefined> {
  const parsed = await parse(file);
  context.advance(file.bytes);
  if (typeof parsed === 'string') {
    yield badRow(file.name, parsed);
    return;
  }
  const captions = new Map<string, string[]>();
  for (const { image_id: id, caption } of parsed.annotations) {
    if (typeof caption !== 'string') continue;
    const known = captions.get(String(id));
    if (known === undefined) captions.set(String(id), [caption]);
    else known.push(caption);
  }
  for (const [index, { id, file_name: path, coco_url: cocoUrl, flickr_url: flickrUrl, url }] of parsed.images.entries()) {
    const at = { where: `${file.name} image ${String(id)}`, place: `${file.name}#${index}` };
    const record = { path, url: cocoUrl ?? url ?? flickrUrl, captions: captions.get(String(id)) ?? [] };
    // A listed picture is one row, whatever it shares with its neighbour.
    yield { ...rowOfRecord(record, at, context), reference: null };
    captions.delete(String(id));
  }
  for (const id of captions.keys()) yield badRow(`${file.name} captions of image ${id}`, 'the picture is not listed');
}

async function parse(file: InputFile): Promise<Captions | string> {
  try {
    const value = JSON.parse(await readFile(file.path, 'utf8')) as Partial<Captions> | null;
    const areObjects = (list: unknown): boolean =>
      Array.isArray(list) && list.every((item) => typeof item === 'object' && item !== null);
    if (areObjects(value?.images) && areObjects(value?.annotations)) return value as Captions;
    return 'it holds no lists of images and annotations';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== undefined && !(error instanceof SyntaxError)) throw error;
    return `it isn't JSON (${(error as Error).message})`;
  }
}
