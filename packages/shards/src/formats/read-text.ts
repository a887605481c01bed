import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { InputFile, ReadContext } from './foreign-row.ts';

const SAMPLE_BYTES = 256 * 2 ** 10;

/** Streams the characters of a text file: UTF-8, UTF-16 by its byte order mark, or else GB18030, which holds GBK and GB2312. */
export async function* readText(file: InputFile, context: ReadContext): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder(await encodingOf(file.path));
  for await (const chunk of createReadStream(file.path)) {
    context.advance((chunk as Buffer).length);
    yield decoder.decode(chunk as Buffer, { stream: true });
  }
  yield decoder.decode();
}

async function encodingOf(path: string): Promise<string> {
  const sample = Buffer.alloc(SAMPLE_BYTES);
  const handle = await open(path);
  let length: number;
  try {
    length = (await handle.read(sample, 0, SAMPLE_BYTES, 0)).bytesRead;
  } finally {
    await handle.close();
  }
  if (sample[0] === 0xff && sample[1] === 0xfe) return 'utf-16le';
  if (sample[0] === 0xfe && sample[1] === 0xff) return 'utf-16be';
  const decodes = (encoding: string): boolean => {
    try {
      // The sample may end inside a character.
      new TextDecoder(encoding, { fatal: true }).decode(sample.subarray(0, length), { stream: true });
      return true;
    } catch {
      return false;
    }
  };
  return !decodes('utf-8') && decodes('gb18030') ? 'gb18030' : 'utf-8';
}

/** Streams the lines of a text file. Only line feeds end a line: JSON may hold U+2028, which other splitters take for one. */
export async function* readLines(file: InputFile, context: ReadContext): AsyncGenerator<string, void, undefined> {
  let parts: string[] = [];
  for await (const text of readText(file, context)) {
    const pieces = text.split('\n');
    parts.push(pieces[0]!);
    for (const piece of pieces.slice(1)) {
      yield parts.join('').replace(/\r$/, '');
      parts = [piece];
    }
  }
  const last = parts.join('');
  if (last !== '') yield last;
}
