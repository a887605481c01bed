import { decodePixels, type Pair, squashBoxes } from '@wenlan/shards';
import type { Ranker } from '../ranker.ts';

/** Pictures that are decoded and encoded at once. */
const BATCH = 64;

/** A picture that decodes, as a pair holds it; without its size the boxes can't be used. */
export interface Picture extends Partial<Pick<Pair, 'boxes' | 'width' | 'height'>> {
  /** Bytes of a file. */
  image: Uint8Array;
}

/** Decodes pictures and encodes them with their boxes, in memory of a batch. @returns [pictures, numbers that the model keeps of one] */
export async function encodePictures(
  { side, encodeImages }: Pick<Ranker, 'side' | 'encodeImages'>,
  pictures: readonly Picture[],
): Promise<Float32Array> {
  const size = side * side * 3;
  let encoded = new Float32Array();
  for (let start = 0; start < pictures.length; start += BATCH) {
    const part = pictures.slice(start, start + BATCH);
    const pixels = new Float32Array(part.length * size);
    const decoded = await Promise.all(part.map(({ image }) => decodePixels(image, side)));
    for (const [row, picture] of decoded.entries()) pixels.set(picture, row * size);
    const boxes = part.map(({ boxes: own = null, width = null, height = null }) =>
      squashBoxes({ boxes: own, width, height }, side),
    );
    const values = await encodeImages(pixels, part.length, boxes);
    if (start === 0) encoded = new Float32Array((values.length / part.length) * pictures.length);
    encoded.set(values, (values.length / part.length) * start);
  }
  return encoded;
}
