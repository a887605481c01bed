import sharp from 'sharp';
import { inputOptions } from '../image/decode-picture.ts';
import type { Raster } from '../image/picture.ts';
import type { Detection, DetectorKind, Detectors } from './detector.ts';

export type Detections = Partial<Record<DetectorKind, Detection>>;

/** Asks each detector about a picture that decodes. */
export async function runDetectors(
  detectors: Detectors,
  bytes: Uint8Array,
  { width, height }: { width: number; height: number },
  maxPixels: number,
): Promise<Detections> {
  const found: Detections = {};
  const pixels = async (side: number): Promise<Raster> => {
    const { data, info } = await sharp(bytes, inputOptions({ maxPixels }))
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .resize(side, side, { fit: 'inside', withoutEnlargement: true })
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, pixels: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
  };
  for (const [kind, detector] of Object.entries(detectors)) {
    try {
      found[kind as DetectorKind] = await detector.detect({ bytes, width, height, pixels });
    } catch (error) {
      throw new Error(`The detector ${detector.name} of the rule ${kind} failed: ${(error as Error).message}`, { cause: error });
    }
  }
  return found;
}
