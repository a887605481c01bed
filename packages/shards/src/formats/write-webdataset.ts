import type { FileHandle } from 'node:fs/promises';
import { pack } from 'tar-stream';
import type { Pair } from '../pair.ts';
import { memberKey, membersOf } from './members.ts';
import type { Member } from './members.ts';

/** Writes rows that have pictures as a tar; equal rows give equal bytes. Row numbers go on from `firstRow`. */
export async function writeWebdataset(handle: FileHandle, rows: readonly Pair[], split: string, firstRow: number): Promise<void> {
  const archive = pack();
  const written = (async () => {
    for await (const chunk of archive) await handle.writeFile(chunk as Buffer);
  })();
  const add = ({ name, bytes }: Member): Promise<void> =>
    new Promise((done, failed) => {
      archive.entry(
        { name, mode: 0o644, mtime: new Date(0) },
        Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
        (error) => (error ? failed(error) : done()),
      );
    });
  for (const [index, row] of rows.entries()) {
    // Without the race, an entry would wait for ever for a disk that has failed.
    for (const member of membersOf(row, memberKey(split, firstRow + index))) await Promise.race([add(member), written]);
  }
  archive.finalize();
  await written;
}
