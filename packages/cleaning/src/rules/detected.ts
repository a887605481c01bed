import { z } from 'zod';
import type { DetectorKind } from '../detectors/detector.ts';
import type { ImageRule } from '../rule.ts';

export interface DetectedOptions {
  /** A file or a package whose default export is a detector; without one the rule keeps all. */
  module?: string | undefined;
  max: number;
}

export interface FacesOptions extends DetectedOptions {
  /** Whether the faces of pictures that are kept are made unrecognizable. */
  blur: boolean;
}

const shape = { module: z.string().min(1).optional(), max: z.number().min(0) };

function detected(kind: DetectorKind): ImageRule<DetectedOptions> {
  return {
    name: kind,
    unit: 'image',
    thresholds: ['max'],
    options: z.strictObject(shape),
    measure(picture): Record<string, number> {
      const score = picture?.detections?.[kind]?.score;
      return score === undefined ? {} : { [kind]: score };
    },
    keep: (scores, { max }) => (scores[kind] ?? 0) <= max,
  };
}

/** Drops pictures whose score of the user's NSFW detector is above `max`. */
export const nsfw: ImageRule<DetectedOptions> = detected('nsfw');
/** Drops pictures of which the user's detector says that more than `max` is covered by text. */
export const textInPicture: ImageRule<DetectedOptions> = detected('text-in-picture');
/** Drops pictures whose score of the user's watermark detector is above `max`. */
export const watermark: ImageRule<DetectedOptions> = detected('watermark');
/** Drops pictures of more than `max` faces, by the user's detector; with `blur`, faces of the others are blurred. */
export const faces: ImageRule<FacesOptions> = {
  ...detected('faces'),
  thresholds: ['max', 'blur'],
  options: z.strictObject({ ...shape, blur: z.boolean().default(false) }),
};
