import type { Detections } from '../detectors/run-detectors.ts';

/** Longer side, in pixels, of what image rules look at. */
export const MEASURED_SIDE = 128;

/** Upright, first frame, alpha flattened on white. */
export interface Raster {
  width: number;
  height: number;
  /** RGB, [height, width, 3] */
  pixels: Uint8Array;
}

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
  /** Of an animation or a document of several pages; 1 of all others. */
  frames: number;
  /** What the detectors that are configured found; absent without any. */
  detections?: Detections;
  /** Reduced to fit `MEASURED_SIDE`, never enlarged; a vector picture is drawn at that size. */
  raster: Raster;
}
