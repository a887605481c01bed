import type { Pair } from '../pair.ts';
import { WHOLE } from './resample.ts';
import type { View } from './resample.ts';

/** Of a box that is left, in pixels: less shows nothing. */
const MIN_SIDE = 1;

/**
 * Where boxes lie in a view of their picture: cut off at its border, mirrored with it, left out where nothing of them is seen.
 * @param boxes [boxes, 4], x1 y1 x2 y2 in shares of the picture's sides
 * @param side of the view in pixels
 * @returns [boxes that are seen, 4], x1 y1 x2 y2 in pixels of the view
 */
export function moveBoxes(boxes: Float32Array, view: View, side: number): Float32Array {
  const seen: number[] = [];
  const along = (share: number, start: number, length: number): number =>
    Math.min(side, Math.max(0, ((share - start) / length) * side));
  for (let box = 0; box < boxes.length; box += 4) {
    const left = along(boxes[box]!, view.left, view.width);
    const top = along(boxes[box + 1]!, view.top, view.height);
    const right = along(boxes[box + 2]!, view.left, view.width);
    const bottom = along(boxes[box + 3]!, view.top, view.height);
    if (right - left < MIN_SIDE || bottom - top < MIN_SIDE) continue;
    seen.push(...(view.flipped ? [side - right, top, side - left, bottom] : [left, top, right, bottom]));
  }
  return Float32Array.from(seen);
}

/**
 * Boxes of a pair in shares of its picture's sides; null where it has none, or the size of its picture isn't known.
 * @returns [boxes, 4]
 */
export function boxShares({ boxes, width, height }: Pick<Pair, 'boxes' | 'width' | 'height'>): Float32Array | null {
  if (boxes === null || boxes.length === 0 || width === null || height === null) return null;
  return Float32Array.from(
    boxes.flatMap(([left, top, right, bottom]) => [left / width, top / height, right / width, bottom / height]),
  );
}

/**
 * Boxes of a pair whose whole picture is squashed to side × side, as `decodePictures` does.
 * @returns [boxes, 4], x1 y1 x2 y2 in pixels; null of a pair without boxes
 */
export function squashBoxes(pair: Pick<Pair, 'boxes' | 'width' | 'height'>, side: number): Float32Array | null {
  const shares = boxShares(pair);
  return shares === null ? null : moveBoxes(shares, WHOLE, side);
}
