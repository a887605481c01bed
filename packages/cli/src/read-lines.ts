import { readFile } from 'node:fs/promises';
import { UsageError } from './usage-error.ts';

/** The lines of a text file that aren't blank, each once. @throws UsageError LINES_MISSING, LINES_EMPTY */
export async function readLines(file: string, what = 'a sentence'): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError('LINES_MISSING', `${file} can't be read (${error.code}); name a text file with ${what} on each line.`);
  });
  const lines = [...new Set(text.split(/\r?\n/u).map((line) => line.trim()))].filter(Boolean);
  if (lines.length === 0) throw new UsageError('LINES_EMPTY', `${file} has no line with ${what}; put one on each line.`);
  return lines;
}
