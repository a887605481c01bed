import { readFile } from 'node:fs/promises';
import { UsageError } from './usage-error.ts';

/** @throws UsageError naming a file that can't be read or is no JSON */
export async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError('FILE_MISSING', `${file} can't be read (${error.code}); name another file.`);
  });
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new UsageError('FILE_NOT_JSON', `${file} is no JSON (${(error as Error).message}); mend it there.`, { cause: error });
  }
}
