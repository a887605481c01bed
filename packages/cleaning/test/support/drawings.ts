import sharp from 'sharp';
import type { Sharp } from 'sharp';

/** Numbers in 0 ≤ x < 1 that only the seed decides (mulberry32). */
export function random(seed: number): () => number {
  let state = seed * 2_654_435_761;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A vector drawing of coloured circles and bars; another seed gives a drawing that looks different. */
export function svgDrawing(seed: number, width: number, height: number): Buffer {
  const next = random(seed);
  const color = (): string =>
    `hsl(${Math.floor(next() * 360)} ${40 + Math.floor(next() * 60)}% ${20 + Math.floor(next() * 60)}%)`;
  const shapes = Array.from({ length: 9 }, (_, index) =>
    index % 2 === 0
      ? `<circle cx="${next() * width}" cy="${next() * height}" r="${(0.1 + next() * 0.3) * height}" fill="${color()}"/>`
      : `<rect x="${next() * width}" y="${next() * height}" width="${next() * width * 0.6}" height="${next() * height * 0.4}" fill="${color()}"/>`,
  );
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="${color()}"/>${shapes.join('')}</svg>`,
  );
}

export const drawing = (seed: number, width: number, height: number): Sharp =>
  sharp(svgDrawing(seed, width, height)).removeAlpha();
