import { readFile } from 'node:fs/promises';
import { decodePixels } from '@wenlan/shards';
import { UsageError } from './usage-error.ts';

/**
 * A picture file as a model takes it, [side, side, 3].
 * @throws UsageError PICTURE_MISSING, PICTURE_DAMAGED naming the file
 */
export async function readPicture(file: string, side: number): Promise<Float32Array> {
  const bytes = await readFile(file).catch(() => {
    throw new UsageError('PICTURE_MISSING', `${file} can't be read; name a picture file.`);
  });
  return await decodePixels(bytes, side).catch((error: Error) => {
    throw new UsageError('PICTURE_DAMAGED', `${file} doesn't decode (${error.message}); name another picture.`);
  });
}
