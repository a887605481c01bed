import type { Raster } from '../image/picture.ts';

/** What a detector may be asked for; each is a rule of that name. */
export const DETECTOR_KINDS = ['nsfw', 'faces', 'text-in-picture', 'watermark'] as const;
/** The rules that a detector can serve. */
export type DetectorKind = (typeof DETECTOR_KINDS)[number];

/** A picture as a detector sees it. */
export interface DetectorInput {
  /** As they came in: of whatever format, not yet turned upright. */
  bytes: Uint8Array;
  /** Pixels, upright. */
  width: number;
  height: number;
  /** The upright picture in RGB, reduced until its longer side has `side` pixels, never enlarged. */
  readonly pixels: (side: number) => Promise<Raster>;
}

/** What a detector saw in a picture. */
export interface Detection {
  /** What the rule's `max` is compared with: a probability, or the number of faces. */
  score: number;
  /** Where it was found: x1 y1 x2 y2 in pixels of the upright picture. Faces are blurred there. */
  boxes?: readonly (readonly [x1: number, y1: number, x2: number, y2: number])[];
  /** Of `text-in-picture`: what was read, for the band `over-match`. */
  text?: string;
}

/**
 * A model that looks at pictures. This package ships none: a recipe names a module whose default export is a detector, or a
 * function that makes one. It must give the same for the same picture.
 */
export interface Detector {
  /** Name and version of the model; measures of another model are not taken over. */
  readonly name: string;
  /** Looks at one picture. */
  detect(picture: DetectorInput): Promise<Detection>;
}

/** Detectors by the rule that they serve. */
export type Detectors = Partial<Record<DetectorKind, Detector>>;
