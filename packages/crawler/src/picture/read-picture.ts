import { hash } from 'node:crypto';
import { imageSize } from 'image-size';
import { isCutShort } from './is-cut-short.ts';
import { sniffMime } from './sniff-mime.ts';

export type PictureFacts =
  | { outcome: 'ok'; mime: string; width: number; height: number; sha256: Uint8Array }
  | { outcome: 'not-image' | 'decode' | 'too-big'; mime: string | null; detail: string };

/** Formats whose size image-size reads as libvips does, a hundred times as fast. */
const PLAIN = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/bmp']);
/** EXIF orientations that swap width and height. */
const FIRST_SIDEWAYS = 5;

/**
 * What can be said of a picture's bytes without decoding them: type by content, size after EXIF orientation, hash.
 * `not-image` is what no signature is known for; `decode` is a picture whose header can't be read or whose end is missing;
 * `too-big` has more pixels than are allowed.
 */
export async function readPicture(bytes: Buffer, maxPixels = Infinity): Promise<PictureFacts> {
  const mime = sniffMime(bytes);
  if (mime === null) return { outcome: 'not-image', mime, detail: describe(bytes) };
  if (isCutShort(bytes, mime)) return { outcome: 'decode', mime, detail: `its ${bytes.length} bytes end too early` };
  try {
    const { width, height } = sizeOf(bytes, mime) ?? (await sizeByLibvips(bytes));
    if (width * height > maxPixels) {
      return { outcome: 'too-big', mime, detail: `${width} × ${height} pixels, and ${maxPixels} are allowed` };
    }
    return { outcome: 'ok', mime, width, height, sha256: hash('sha256', bytes, 'buffer') };
  } catch (error) {
    return { outcome: 'decode', mime, detail: (error as Error).message.replaceAll(/\s+/g, ' ').trim() };
  }
}

interface Size {
  width: number;
  height: number;
}

function sizeOf(bytes: Buffer, mime: string): Size | null {
  if (!PLAIN.has(mime)) return null;
  try {
    const { width, height, orientation = 1 } = imageSize(bytes);
    if (!(width > 0 && height > 0)) return null;
    return orientation >= FIRST_SIDEWAYS ? { width: height, height: width } : { width, height };
  } catch {
    // Libvips says whether and why it can't be read.
    return null;
  }
}

/** Nothing is decoded here, so no number of pixels does harm. */
async function sizeByLibvips(bytes: Buffer): Promise<Size> {
  // Most crawls meet formats of which only libvips knows the size seldom or never, and a thread takes long to load it.
  const { default: sharp } = await import('sharp');
  return (await sharp(bytes, { limitInputPixels: false }).metadata()).autoOrient;
}

function describe(bytes: Buffer): string {
  if (bytes.length === 0) return 'it is empty';
  return /^\s*<(?:!doctype|html|head|body)/i.test(bytes.toString('latin1', 0, 256))
    ? 'it is a web page'
    : 'its first bytes are no known picture';
}
