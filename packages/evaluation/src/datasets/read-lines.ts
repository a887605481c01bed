import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { wrongLayout } from './downstream-task.ts';

export interface LayoutFile {
  task: string;
  folder: string;
  /** Which of these names it may have; the first that is there is read. */
  names: readonly string[];
  /** The whole layout, in words. */
  layout: string;
}

/** The lines of the first of the files that is there, and its path. @throws UserError `DATASET_LAYOUT` */
export async function linesOf({ task, folder, names, layout }: LayoutFile): Promise<{ file: string; lines: string[] }> {
  for (const name of names) {
    const file = join(folder, name);
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text !== undefined) return { file, lines: text.split(/\r?\n/).filter((line) => line.trim() !== '') };
  }
  const there = await readdir(folder).catch(() => undefined);
  const found =
    there === undefined
      ? `${folder} is no folder`
      : `${folder} has no ${names.join(' or ')} (it has ${there.slice(0, 5).join(', ') || 'nothing'})`;
  return wrongLayout(task, found, layout);
}

/** The object in a line of JSON with the keys that it must have. @throws UserError `DATASET_LAYOUT` naming file and line */
export function objectOf(
  task: string,
  line: string,
  where: string,
  keys: readonly string[],
  layout: string,
): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return wrongLayout(task, `${where} is no JSON`, layout);
  }
  const missing = keys.find((key) => typeof value !== 'object' || value === null || !(key in value));
  if (missing !== undefined) return wrongLayout(task, `${where} has no "${missing}"`, layout);
  return value as Record<string, unknown>;
}

/** @throws UserError `DATASET_LAYOUT` if a picture isn't there */
export async function pictureIn(task: string, folder: string, names: readonly string[], layout: string): Promise<string> {
  for (const name of names) {
    const file = join(folder, name);
    const there = await access(file).then(
      () => true,
      () => false,
    );
    if (there) return file;
  }
  return wrongLayout(task, `${folder} has no picture ${names[0]}`, layout);
}
