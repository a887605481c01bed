import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ForeignRow, InputFile, ReadContext } from './foreign-row.ts';
import { img2datasetFailures } from './img2dataset-failures.ts';
import { readImageFile } from './record-row.ts';
import { rowOfSample } from './read-sample.ts';

/** The row of a picture's file, with the `.txt`, `.caption` or `.json` beside it; of a table of img2dataset, its failures. */
export async function* readFolderFile(file: InputFile, context: ReadContext): AsyncGenerator<ForeignRow, void, undefined> {
  if (file.name.endsWith('.parquet')) {
    yield* img2datasetFailures(file.path, file.name, context);
    context.advance(file.bytes);
    return;
  }
  const stem = file.path.replace(/\.[^./\\]*$/, '');
  const text = (await readBeside(`${stem}.txt`)) ?? (await readBeside(`${stem}.caption`));
  const json = await readBeside(`${stem}.json`);
  const image = (): Promise<Uint8Array> => readImageFile(file.path, dirname(file.path));
  yield rowOfSample({ image, text, json }, { where: file.name, place: file.name }, context);
  context.advance(file.bytes);
}

async function readBeside(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'EISDIR') return null;
    throw error;
  });
}
