import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Hash of every file of a dataset, by its name: what two datasets are compared by. */
export async function folderBytes(folder: string): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path);
    hashes[path.slice(folder.length + 1)] = createHash('sha256').update(bytes).digest('hex');
  }
  return hashes;
}
