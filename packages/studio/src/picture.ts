import sharp, { type Sharp } from 'sharp';
import { Problem } from './problem.ts';

/** A picture that claims more is refused before it is decoded. */
const MAX_PIXELS = 50_000_000;

const open = (bytes: Uint8Array): Sharp => sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error' }).autoOrient();

/** A JPEG whose longer side has at most so many pixels. @throws Problem PICTURE_DAMAGED */
export async function thumbnail(bytes: Uint8Array, side: number): Promise<Buffer> {
  return decoded(() =>
    open(bytes)
      .resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#ffffff' })
      .jpeg({ quality: 80 })
      .toBuffer(),
  );
}

/** The picture squeezed into a square, once whole and then with one cell of a grid after the other painted grey. */
export async function occlusions(bytes: Uint8Array, side: number, grid: number): Promise<Buffer[]> {
  const whole = await decoded(() =>
    open(bytes)
      .resize(side, side, { fit: 'fill' })
      .flatten({ background: '#ffffff' })
      .removeAlpha()
      .toColourspace('srgb')
      .raw()
      .toBuffer(),
  );
  const raw = { width: side, height: side, channels: 3 } as const;
  const cell = side / grid;
  const covered = Array.from({ length: grid * grid }, (_, index) => {
    const pixels = Buffer.from(whole);
    const [left, top] = [(index % grid) * cell, Math.floor(index / grid) * cell];
    for (let y = Math.floor(top); y < Math.min(side, top + cell); y += 1)
      pixels.fill(128, (y * side + Math.floor(left)) * 3, (y * side + Math.min(side, Math.ceil(left + cell))) * 3);
    return pixels;
  });
  return Promise.all([whole, ...covered].map((pixels) => sharp(pixels, { raw }).png({ compressionLevel: 1 }).toBuffer()));
}

async function decoded<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw new Problem(422, 'PICTURE_DAMAGED', `The picture doesn't decode (${(error as Error).message}); give another one.`, {
      cause: error,
    });
  }
}
