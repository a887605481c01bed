import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { PairText } from '../pair.ts';
import { badRow, wellFormed } from './foreign-row.ts';
import type { ForeignRow, InputFile, ReadContext } from './foreign-row.ts';
import { readLines } from './read-text.ts';

/**
 * Streams the pictures of a `*_imgs.tsv` of Chinese-CLIP (id, tab, base64) with the texts that the `*_texts.jsonl` beside it
 * gives them. The texts are held in memory. Texts of a picture that isn't there become a row without one.
 */
export async function* readChineseClip(file: InputFile, context: ReadContext): AsyncGenerator<ForeignRow, void, undefined> {
  const texts = new Map<string, PairText[]>();
  const path = file.path.replace(/_imgs\.tsv$/, '_texts.jsonl');
  yield* readTexts(path, texts, context);
  let number = 0;
  for await (const line of readLines(file, context)) {
    number += 1;
    const where = `${file.name} line ${number}`;
    const [id, base64] = line.split('\t');
    if (id === undefined || id === '' || base64 === undefined) {
      if (line !== '') yield badRow(where, 'it is no id, a tab and a picture in base64');
      continue;
    }
    yield rowOf(id, file, where, texts.get(id) ?? [], () => Promise.resolve(Buffer.from(base64, 'base64')));
    texts.delete(id);
  }
  for (const [id, rest] of texts) {
    const row = rowOf(id, file, `${basename(path)} picture ${id}`, rest, null);
    yield { ...row, outcome: 'filtered:no-image', problem: `${file.name} holds no picture ${id}` };
  }
}

const rowOf = (id: string, file: InputFile, where: string, texts: PairText[], image: ForeignRow['image']): ForeignRow => ({
  where,
  place: `${file.name}/${id}`,
  fields: { texts },
  reference: null,
  image,
  outcome: null,
  problem: null,
});

async function* readTexts(
  path: string,
  texts: Map<string, PairText[]>,
  context: ReadContext,
): AsyncGenerator<ForeignRow, void, undefined> {
  const name = basename(path);
  const stats = await stat(path).catch(() => null);
  if (stats === null) {
    yield badRow(name, 'it is missing, so the pictures have no texts');
    return;
  }
  let number = 0;
  // What the input is measured by is its pictures.
  for await (const line of readLines({ path, name, bytes: stats.size }, { ...context, advance: () => {} })) {
    number += 1;
    if (line.trim() === '') continue;
    const parsed = parseText(line);
    if (parsed === null) yield badRow(`${name} line ${number}`, 'it is no JSON object with a text and image_ids');
    else for (const id of parsed.ids) texts.set(id, [...(texts.get(id) ?? []), { kind: 'caption', text: parsed.text }]);
  }
}

function parseText(line: string): { text: string; ids: string[] } | null {
  try {
    const { text, image_ids: ids } = JSON.parse(line) as { text?: unknown; image_ids?: unknown };
    return typeof text === 'string' && Array.isArray(ids) ? { text: wellFormed(text), ids: ids.map(String) } : null;
  } catch {
    return null;
  }
}
