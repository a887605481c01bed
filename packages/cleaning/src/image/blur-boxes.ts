import sharp from 'sharp';
import type { SharpOptions } from 'sharp';

/** Squares across the shorter side of a box: too few for a face to be known by. */
const SQUARES = 4;

/**
 * The picture, upright, as PNG, with the boxes reduced to a few squares of one colour each, which nothing brings back.
 * @param boxes x1 y1 x2 y2 in pixels of the upright picture; what lies outside of it is cut off
 */
export async function blurBoxes(
  bytes: Uint8Array,
  boxes: readonly (readonly number[])[],
  input: SharpOptions,
): Promise<Uint8Array> {
  const { data: upright, info } = await sharp(bytes, input)
    .toColourspace('srgb')
    .png({ compressionLevel: 1 })
    .toBuffer({ resolveWithObject: true });
  const patches = [];
  for (const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] of boxes) {
    const left = Math.max(0, Math.floor(x1));
    const top = Math.max(0, Math.floor(y1));
    const width = Math.min(info.width, Math.ceil(x2)) - left;
    const height = Math.min(info.height, Math.ceil(y2)) - top;
    if (width <= 0 || height <= 0) continue;
    const square = Math.max(1, Math.min(width, height) / SQUARES);
    const small = await sharp(upright)
      .extract({ left, top, width, height })
      .resize(Math.max(1, Math.round(width / square)), Math.max(1, Math.round(height / square)), { fit: 'fill' })
      .png()
      .toBuffer();
    patches.push({
      input: await sharp(small).resize(width, height, { fit: 'fill', kernel: 'nearest' }).png().toBuffer(),
      left,
      top,
    });
  }
  return patches.length === 0 ? upright : sharp(upright).composite(patches).png({ compressionLevel: 1 }).toBuffer();
}
