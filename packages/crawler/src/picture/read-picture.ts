import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { isCutShort } from './is-cut-short.ts';
import { sniffMime } from './sniff-mime.ts';

export type PictureFacts =
  | { outcome: 'ok'; mime: string; width: number; height: number; sha256: Uint8Array }
  | { outcome: 'not-image' | 'decode'; mime: string | null; detail: string };

/**
 * What can be said of a picture's bytes without decoding them: type by content, size after EXIF orientation, hash.
 * `not-image` is what no signature is known for; `decode` is a picture whose header can't be read or whose end is missing.
 */
export async function readPicture(bytes: Buffer): Promise<PictureFacts> {
  const mime = sniffMime(bytes);
  if (mime === null) return { outcome: 'not-image', mime, detail: describe(bytes) };
  if (isCutShort(bytes, mime)) return { outcome: 'decode', mime, detail: `its ${bytes.length} bytes end too early` };
  try {
    // Nothing is decoded here, so no number of pixels does harm.
    const { autoOrient } = await sharp(bytes, { limitInputPixels: false }).metadata();
    const { width, height } = autoOrient;
    return { outcome: 'ok', mime, width, height, sha256: createHash('sha256').update(bytes).digest() };
  } catch (error) {
    return { outcome: 'decode', mime, detail: (error as Error).message.replaceAll(/\s+/g, ' ').trim() };
  }
}

function describe(bytes: Buffer): string {
  if (bytes.length === 0) return 'it is empty';
  return /^\s*<(?:!doctype|html|head|body)/i.test(bytes.toString('latin1', 0, 256))
    ? 'it is a web page'
    : 'its first bytes are no known picture';
}
