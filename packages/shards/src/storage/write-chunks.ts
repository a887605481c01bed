import { storageOf } from './storage.ts';

/**
 * Writes a file of any size in a folder or S3, in place of one that is there, from its bytes in order.
 * @param path as `datasetLocation` gives it
 * @throws what {@link storageOf} says, and what the bytes throw
 */
export function writeChunks(path: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  return storageOf(path).write(
    path,
    async (handle) => {
      for await (const chunk of chunks) await handle.writeFile(chunk);
    },
    'replace',
  );
}
