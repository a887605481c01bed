import type { FileHandle } from 'node:fs/promises';

/** The operating system reads less than 2 GiB at once. */
const MAX_READ_BYTES = 1 << 30;

/** Reads a range of a file into a buffer of its own, which starts at offset 0 of its ArrayBuffer. */
export async function readFully(handle: FileHandle, position: number, length: number): Promise<Buffer<ArrayBuffer>> {
  const buffer = Buffer.from(new ArrayBuffer(length));
  for (let done = 0; done < length;) {
    const { bytesRead } = await handle.read(buffer, done, Math.min(length - done, MAX_READ_BYTES), position + done);
    if (bytesRead === 0) throw new Error(`unexpected end of file at byte ${position + done}`);
    done += bytesRead;
  }
  return buffer;
}
