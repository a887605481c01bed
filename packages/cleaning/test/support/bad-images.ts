import sharp from 'sharp';
import { drawing } from './drawings.ts';

export interface BadImage {
  name: string;
  bytes: Uint8Array;
  /** What cleaning makes of it: `ok`, or the rule that drops it. */
  outcome: 'ok' | 'decode' | 'animated' | 'grayscale';
  /** After EXIF orientation. */
  size?: [number, number];
}

const WIDTH = 240;
const HEIGHT = 160;

/** A PNG of one colour whose header says that it has `side` × `side` pixels, compressed to a few kilobytes. */
async function bomb(side: number): Promise<Uint8Array> {
  return sharp({ create: { width: side, height: side, channels: 3, background: '#8af' }, limitInputPixels: false })
    .png({ compressionLevel: 9 })
    .toBuffer();
}

/** Pictures of every kind that a crawl brings home; all that are whole show drawings that differ. */
export async function badImages(): Promise<BadImage[]> {
  let seed = 500;
  const next = (): ReturnType<typeof drawing> => drawing((seed += 1), WIDTH, HEIGHT);
  const size: [number, number] = [WIDTH, HEIGHT];
  const images: BadImage[] = [
    { name: 'cmyk.jpg', bytes: await next().toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer(), outcome: 'ok', size },
    { name: 'sixteen-bit.png', bytes: await next().toColourspace('rgb16').png().toBuffer(), outcome: 'ok', size },
    {
      name: 'grey-alpha.png',
      bytes: await next().toColourspace('b-w').ensureAlpha(0.7).png().toBuffer(),
      outcome: 'grayscale',
      size,
    },
    { name: 'palette.png', bytes: await next().png({ palette: true, colours: 32 }).toBuffer(), outcome: 'ok', size },
    { name: 'progressive.jpg', bytes: await next().jpeg({ progressive: true }).toBuffer(), outcome: 'ok', size },
    { name: 'picture.avif', bytes: await next().avif({ quality: 70 }).toBuffer(), outcome: 'ok', size },
    { name: 'picture.webp', bytes: await next().webp().toBuffer(), outcome: 'ok', size },
    { name: 'picture.tiff', bytes: await next().tiff().toBuffer(), outcome: 'ok', size },
  ];
  for (let orientation = 1; orientation <= 8; orientation += 1) {
    const bytes = await next().jpeg({ quality: 95 }).withMetadata({ orientation }).toBuffer();
    const upright: [number, number] = orientation >= 5 ? [HEIGHT, WIDTH] : size;
    images.push({ name: `orientation-${orientation}.jpg`, bytes, outcome: 'ok', size: upright });
  }
  for (const format of ['gif', 'webp'] as const) {
    const frames = await Promise.all([next(), next(), next()].map((frame) => frame.png().toBuffer()));
    const bytes = await sharp(frames, { join: { animated: true } })
      .toFormat(format)
      .toBuffer();
    images.push({ name: `animated.${format}`, bytes, outcome: 'animated', size });
  }
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="240" height="160"><rect width="240" height="160" fill="#ffe"/><circle cx="80" cy="80" r="60" fill="#c33"/><rect x="150" y="30" width="60" height="100" fill="#36c"/><image xlink:href="file:///etc/passwd" width="9" height="9"/><image xlink:href="http://127.0.0.1:1/x.png" width="9" height="9"/></svg>`;
  images.push({ name: 'external.svg', bytes: Buffer.from(svg), outcome: 'ok', size });
  const entities = `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa">${[...'bcdefghij'].map((name, at) => `<!ENTITY ${name} "${`&${'abcdefghij'[at]!};`.repeat(10)}">`).join('')}]><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>&j;</text></svg>`;
  images.push({ name: 'entities.svg', bytes: Buffer.from(entities), outcome: 'decode' });
  const whole = await drawing(499, 480, 320).jpeg({ quality: 92 }).toBuffer();
  for (let length = 1024; length < whole.length - 2; length += 1024)
    images.push({ name: `cut-${length / 1024}.jpg`, bytes: whole.subarray(0, length), outcome: 'decode' });
  images.push(
    { name: 'bomb.png', bytes: await bomb(5000), outcome: 'decode' },
    { name: 'nothing.jpg', bytes: new Uint8Array(), outcome: 'decode' },
    {
      name: 'page.jpg',
      bytes: Buffer.from('<!doctype html><html><title>404</title><p>没有这张图片</p></html>'),
      outcome: 'decode',
    },
    { name: 'zeros.png', bytes: new Uint8Array(4096), outcome: 'decode' },
  );
  return images;
}

/** HEVC pictures can't be made here; the smallest header that says it is one. */
export const HEIC_HEADER: Uint8Array = Buffer.concat([
  Buffer.from([0, 0, 0, 24]),
  Buffer.from('ftypheic'),
  Buffer.from([0, 0, 0, 0]),
  Buffer.from('mif1heic'),
]);
