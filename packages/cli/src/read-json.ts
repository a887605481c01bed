import { readFile } from 'node:fs/promises';
import { repeatedKey } from './repeated-key.ts';
import { UsageError } from './usage-error.ts';

/** @throws UsageError naming a file that can't be read, is no JSON, or has a key twice */
export async function readJson(file: string): Promise<unknown> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError('FILE_MISSING', `${file} can't be read (${error.code}); name another file.`);
  });
  const text = new TextDecoder().decode(bytes); // without the mark of byte order that some editors write
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError('FILE_NOT_JSON', `${file} is no JSON (${(error as Error).message}); mend it there.`, { cause: error });
  }
  const repeated = repeatedKey(text);
  if (repeated === undefined) return value;
  throw new UsageError(
    'KEY_REPEATED',
    `${file} has the key "${repeated.key}" twice (line ${repeated.line}); keep one of the two.`,
  );
}
