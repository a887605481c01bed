import { wholeBox } from './area-average.ts';
import type { Box } from './area-average.ts';
import { colorSignature } from './color-signature.ts';
import { contentBox } from './content-box.ts';
import { perceptualHash } from './perceptual-hash.ts';
import type { Raster } from './picture.ts';

/** By what two pictures that look the same are found, squashed to a square. */
export interface Look {
  /** 64 bits. */
  phash: bigint;
  /** [9, 9, 3] */
  colors: Uint8Array;
}

/** A picture as it is, and without the white margins around a drawing. */
export interface Looks {
  whole: Look;
  trimmed: Look;
  /** Width and height of the trimmed part, as shares of the longer side of the picture. */
  trimmedWidth: number;
  trimmedHeight: number;
}

export function looksOf(raster: Raster): Looks {
  const box = contentBox(raster);
  const longer = Math.max(raster.width, raster.height);
  const whole = lookOf(raster, wholeBox(raster));
  const { left, top, right, bottom } = box;
  const isTrimmed = left > 0 || top > 0 || right < raster.width || bottom < raster.height;
  return {
    whole,
    trimmed: isTrimmed ? lookOf(raster, box) : whole,
    trimmedWidth: (right - left) / longer,
    trimmedHeight: (bottom - top) / longer,
  };
}

const lookOf = (raster: Raster, box: Box): Look => ({ phash: perceptualHash(raster, box), colors: colorSignature(raster, box) });
