import sharp from 'sharp';
import { inputOptions } from './decode-picture.ts';
import type { DecodeLimits } from './decode-picture.ts';

const SIDES = [112, 80, 56, 40];
const QUALITY = 60;
export const MAX_THUMBNAIL_BYTES = 4096;

/** A small JPEG of a picture as a `data:` URL of at most 4 KB before base64; null if the bytes aren't a picture. */
export async function thumbnail(bytes: Uint8Array | null, limits: DecodeLimits): Promise<string | null> {
  if (bytes === null || bytes.byteLength === 0) return null;
  for (const side of SIDES) {
    try {
      const data = await sharp(bytes, { ...inputOptions(limits), failOn: 'none' })
        .resize(side, side, { fit: 'inside' })
        .flatten({ background: '#ffffff' })
        .toColourspace('srgb')
        .jpeg({ quality: QUALITY })
        .toBuffer();
      if (data.byteLength <= MAX_THUMBNAIL_BYTES) return `data:image/jpeg;base64,${data.toString('base64')}`;
    } catch {
      return null;
    }
  }
  return null;
}
