import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';

/** The sha256 of all files in a folder and their names, hexadecimal: a model may keep its weights in files that only it names. */
export async function sha256OfFolder(folder: string): Promise<string> {
  const hash = createHash('sha256');
  const names = await readdir(folder, { recursive: true });
  for (const name of names.map((each) => each.split(sep).join('/')).sort()) {
    const path = join(folder, name);
    const found = await stat(path);
    if (!found.isFile()) continue;
    hash.update(`${name}\0${found.size}\0`);
    for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(piece as Buffer);
  }
  return hash.digest('hex');
}
