import { createHash } from 'node:crypto';
import sharp from 'sharp';
import type { SharpOptions } from 'sharp';
import type { Outcome } from '../pair.ts';

const MAX_PIXELS = 100_000_000;
/** Decoding to so small a size lets libvips leave out most of the work, and still reads the picture to its end. */
const PROBE_SIDE = 8;
const OPTIONS: SharpOptions = { failOn: 'error', limitInputPixels: MAX_PIXELS, autoOrient: true, animated: false };

/** Pictures that the libvips at hand doesn't read: known by how they begin, so as not to be taken for something else. */
const OTHER_PICTURES: readonly (readonly [mime: string, begin: string])[] = [
  ['image/bmp', 'BM'],
  ['image/x-icon', '\0\0\x01\0'],
  ['image/jxl', '\xFF\x0A'],
  ['image/jxl', '\0\0\0\x0CJXL '],
];
const WEB_PAGE = /^\uFEFF?\s*<(?:!doctype html|html|head|body)/i;

/** What the bytes of a picture say, whatever its file or its server calls them. */
export interface JudgedImage {
  outcome: Extract<Outcome, 'ok' | 'not-image' | 'decode'> | 'filtered:max-pixels';
  mime: string | null;
  /** Pixels, after EXIF orientation; null unless `ok`. */
  width: number | null;
  height: number | null;
  sha256: Uint8Array;
  /** For people; null for `ok`. */
  detail: string | null;
}

/** Decodes a picture to its end, small, to say what it is. Never throws for what the bytes are. */
export async function judgeImage(image: Uint8Array): Promise<JudgedImage> {
  const sha256 = new Uint8Array(createHash('sha256').update(image).digest());
  const bad = (outcome: JudgedImage['outcome'], detail: string, mime: string | null = null): JudgedImage => ({
    outcome,
    mime,
    width: null,
    height: null,
    sha256,
    detail,
  });
  if (image.byteLength === 0) return bad('not-image', 'it is empty');
  const begin = Buffer.from(image.buffer, image.byteOffset, Math.min(image.byteLength, 256));
  if (WEB_PAGE.test(begin.toString())) return bad('not-image', 'it is a web page');
  let mime: string | null = null;
  try {
    const metadata = await sharp(image, { ...OPTIONS, limitInputPixels: false }).metadata();
    mime = metadata.mediaType ?? `image/${metadata.format}`;
    const { width, height } = metadata.autoOrient;
    if (width * height > MAX_PIXELS) {
      return bad('filtered:max-pixels', `it claims ${width} × ${height} pixels, more than ${MAX_PIXELS}`, mime);
    }
    await sharp(image, OPTIONS).resize(PROBE_SIDE, PROBE_SIDE, { fit: 'fill' }).raw().toBuffer();
    return { outcome: 'ok', mime, width, height, sha256, detail: null };
  } catch (error) {
    const detail = (error as Error).message.replaceAll(/\s+/g, ' ').trim();
    if (!detail.includes('unsupported image format')) return bad('decode', detail, mime);
    const other = OTHER_PICTURES.find(([, bytes]) => begin.toString('latin1').startsWith(bytes));
    return other === undefined
      ? bad('not-image', 'its bytes are no known picture')
      : bad('decode', `a picture of type ${other[0]} can't be decoded`, other[0]);
  }
}
