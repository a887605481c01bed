import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pair } from '../pair.ts';
import { memberKey, membersOf } from './members.ts';

/** Writes pictures with their text and row beside them into a folder. Row numbers go on from `firstRow`. */
export async function writeFolder(
  folder: string,
  rows: readonly Pair[],
  split: string,
  firstRow: number,
): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let total = 0;
  for (const [index, row] of rows.entries()) {
    for (const { name, bytes } of membersOf(row, memberKey(split, firstRow + index))) {
      const handle = await open(join(folder, name), 'w');
      try {
        await handle.writeFile(bytes);
        await handle.sync();
      } finally {
        await handle.close();
      }
      hash.update(bytes);
      total += bytes.byteLength;
    }
  }
  return { bytes: total, sha256: hash.digest('hex') };
}
