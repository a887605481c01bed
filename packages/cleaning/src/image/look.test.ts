import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { drawing } from '../../test/support/drawings.ts';
import { areaAverage, wholeBox } from './area-average.ts';
import type { Grid } from './area-average.ts';
import { colorDistance } from './color-signature.ts';
import { contentBox } from './content-box.ts';
import { decodePicture } from './decode-picture.ts';
import { looksOf } from './look.ts';
import type { Look, Looks } from './look.ts';
import type { Raster } from './picture.ts';

const raster = (width: number, height: number, grey: (x: number, y: number) => number): Raster => ({
  width,
  height,
  pixels: Uint8Array.from({ length: width * height * 3 }, (_, at) => {
    const pixel = Math.floor(at / 3);
    return grey(pixel % width, Math.floor(pixel / width));
  }),
});

const colors = (picture: Raster): Grid => ({ ...picture, channels: 3, values: picture.pixels });

const looksOfBytes = async (bytes: Uint8Array): Promise<Looks> =>
  looksOf((await decodePicture(bytes, { maxPixels: 1_000_000 })).raster);

function alike(left: Look, right: Look): boolean {
  const bits = (left.phash ^ right.phash).toString(2).replaceAll('0', '').length;
  return bits <= 8 && colorDistance(Uint8Array.of(...left.colors, ...right.colors), 0, 1, 255) <= 20;
}

describe(areaAverage, () => {
  test('counts a pixel that lies in a cell in part by that part', () => {
    const line = raster(3, 1, (x) => x * 90); // 0 90 180
    const cells = areaAverage(colors(line), wholeBox(line), 2); // [2, 2, 3]
    expect([cells[0], cells[3]]).toEqual([30, 150]);
    const part = areaAverage(colors(line), { left: 0.5, top: 0, right: 1.5, bottom: 1 }, 1);
    expect([...part]).toEqual([45, 45, 45]);
  });

  test('gives each cell the colour of its only pixel where a picture is smaller than the grid', () => {
    const cells = areaAverage(colors(raster(2, 2, (x, y) => 10 * x + 100 * y)), { left: 0, top: 0, right: 2, bottom: 2 }, 4);
    expect([cells[0], cells[9], cells[36], cells[47]].map((value) => Math.round(value!))).toEqual([0, 10, 100, 110]);
  });
});

describe(contentBox, () => {
  test('is as wide as the drawing, a border column that is half dark counting as half', () => {
    const box = contentBox(raster(10, 8, (x, y) => (y < 2 || y > 5 || x < 3 || x > 6 ? 255 : x === 3 ? 255 - 24 - 32 : 0)));
    expect(box).toEqual({ left: 3.5, top: 2, right: 7, bottom: 6 });
  });

  test.each([
    ['nothing but white', (): number => 255],
    ['a ground of another colour', (x: number): number => (x === 4 ? 0 : 128)],
    ['a white corner too few', (x: number, y: number): number => (x + y === 0 ? 90 : 255)],
    ['a speck', (x: number, y: number): number => (x === 4 && y === 4 ? 0 : 255)],
  ])('is the whole picture for %s', (_name, grey) => {
    const picture = raster(9, 9, grey);
    expect(contentBox(picture)).toEqual(wholeBox(picture));
  });
});

describe('two pictures look alike', () => {
  const original = drawing(11, 150, 120).png().toBuffer();

  test.each([
    [
      'half the size',
      async (): Promise<Buffer> =>
        sharp(await original)
          .resize(75, 60)
          .png()
          .toBuffer(),
    ],
    [
      'a third of it, squashed',
      async (): Promise<Buffer> =>
        sharp(await original)
          .resize(50, 50, { fit: 'fill' })
          .png()
          .toBuffer(),
    ],
    [
      'JPEG of quality 60',
      async (): Promise<Buffer> =>
        sharp(await original)
          .jpeg({ quality: 60 })
          .toBuffer(),
    ],
    [
      'WebP, enlarged',
      async (): Promise<Buffer> =>
        sharp(await original)
          .resize(400)
          .webp({ quality: 75 })
          .toBuffer(),
    ],
  ])('%s', async (_name, copy) => {
    expect(alike((await looksOfBytes(await original)).whole, (await looksOfBytes(await copy())).whole)).toBe(true);
  });

  test('white margins: alike once they are trimmed', async () => {
    const padded = await sharp(await original)
      .extend({ top: 5, bottom: 5, left: 5, right: 5, background: '#fff' })
      .toBuffer();
    const [bare, framed] = [await looksOfBytes(await original), await looksOfBytes(padded)];
    expect(alike(bare.whole, framed.whole)).toBe(false);
    expect(alike(bare.trimmed, framed.trimmed)).toBe(true);
    expect(framed.trimmedWidth).toBeCloseTo(150 / 160, 1);
    expect(framed.trimmedHeight).toBeCloseTo(120 / 160, 1);
  });

  test('another drawing does not', async () => {
    const other = await drawing(12, 150, 120).png().toBuffer();
    const [left, right] = [await looksOfBytes(await original), await looksOfBytes(other)];
    expect([alike(left.whole, right.whole), alike(left.trimmed, right.trimmed)]).toEqual([false, false]);
  });
});
