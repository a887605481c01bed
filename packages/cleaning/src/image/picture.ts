/** Side of the square that every picture is reduced to for measuring. */
export const MEASURED_SIDE = 64;

/** What image rules may know of a picture: all of it comes from one decode. */
export interface Picture {
  /** As libvips names it: jpeg, png, webp, gif, svg, heif, tiff … */
  format: string;
  /** Pixels, after EXIF orientation; of an SVG, the size it states. */
  width: number;
  height: number;
  /** Drawn at any size without loss. */
  vector: boolean;
  byteLength: number;
  /** Upright, first frame, alpha flattened on white, squashed: RGB, [64, 64, 3]. */
  pixels: Uint8Array;
}
