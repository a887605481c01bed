import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { describe, expect, test } from 'vitest';
import { drawing } from '../../test/support/drawings.ts';
import { colorDistance } from './color-signature.ts';
import { decodePicture } from './decode-picture.ts';
import { encodePicture } from './encode-picture.ts';
import { looksOf } from './look.ts';
import { MAX_THUMBNAIL_BYTES, thumbnail } from './thumbnail.ts';

const LIMITS = { maxPixels: 1_000_000 };
const original = await drawing(1, 120, 80).png().toBuffer();
const raw = (): Sharp => sharp(original);

const jpeg = await raw().resize(400, 300).jpeg({ quality: 90 }).toBuffer();

const hammingDistance = (left: bigint, right: bigint): number => (left ^ right).toString(2).replaceAll('0', '').length;

async function distances(bytes: Uint8Array): Promise<{ bits: number; color: number }> {
  const [left, right] = [await decodePicture(original, LIMITS), await decodePicture(bytes, LIMITS)];
  const [first, second] = [looksOf(left.raster).whole, looksOf(right.raster).whole];
  return {
    bits: hammingDistance(first.phash, second.phash),
    color: colorDistance(Uint8Array.of(...first.colors, ...second.colors), 0, 1, 255),
  };
}

describe('a picture of every kind is decoded to upright sRGB', () => {
  test.each([
    ['PNG of 16 bits', raw().toColourspace('rgb16').png()],
    ['PNG with a palette', raw().png({ palette: true, colours: 64 })],
    ['JPEG', raw().jpeg({ quality: 80 })],
    ['progressive JPEG', raw().jpeg({ progressive: true })],
    ['WebP', raw().webp({ quality: 80 })],
    ['AVIF', raw().avif({ quality: 70 })],
    ['TIFF', raw().tiff()],
    ['GIF', raw().gif()],
    ['RGBA', raw().ensureAlpha().png()],
  ])('%s', async (_name, image) => {
    const { bits, color } = await distances(await image.toBuffer());
    expect(bits).toBeLessThanOrEqual(8);
    expect(color).toBeLessThanOrEqual(20);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('EXIF orientation %i', async (orientation) => {
    const turned = {
      1: raw(),
      2: raw().flop(),
      3: raw().rotate(180),
      4: raw().flip(),
      5: raw().rotate(270).flop(),
      6: raw().rotate(270),
      7: raw().rotate(90).flop(),
      8: raw().rotate(90),
    }[orientation]!;
    const stored = await turned.png().toBuffer();
    const bytes = await sharp(stored).jpeg({ quality: 95 }).withMetadata({ orientation }).toBuffer();
    const { width, height } = await decodePicture(bytes, LIMITS);
    expect([width, height]).toEqual([120, 80]);
    const { bits, color } = await distances(bytes);
    expect(bits).toBeLessThanOrEqual(8);
    expect(color).toBeLessThanOrEqual(20);
  });

  test('CMYK JPEG, whose inks cannot mix every colour', async () => {
    const bytes = await drawing(4, 120, 80).modulate({ saturation: 0.3 }).toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer();
    expect(await sharp(bytes).metadata()).toMatchObject({ space: 'cmyk', channels: 4 });
    const muted = await decodePicture(await drawing(4, 120, 80).modulate({ saturation: 0.3 }).png().toBuffer(), LIMITS);
    const printed = await decodePicture(bytes, LIMITS);
    expect(hammingDistance(looksOf(muted.raster).whole.phash, looksOf(printed.raster).whole.phash)).toBeLessThanOrEqual(8);
  });

  test('grey with alpha is composited on white', async () => {
    const grey = await sharp({ create: { width: 40, height: 40, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } })
      .toColourspace('b-w')
      .png()
      .toBuffer();
    const { raster } = await decodePicture(grey, LIMITS);
    expect([...new Set(raster.pixels)]).toEqual([255]);
  });

  test('of an animation the first frame', async () => {
    const frames = await Promise.all([1, 2, 3].map((seed) => drawing(seed, 60, 40).png().toBuffer()));
    const animation = await sharp(frames, { join: { animated: true } })
      .webp({ lossless: true })
      .toBuffer();
    const picture = await decodePicture(animation, LIMITS);
    expect([picture.width, picture.height]).toEqual([60, 40]);
    expect(picture.raster).toEqual((await decodePicture(frames[0]!, LIMITS)).raster);
  });

  test('an SVG states its size and is drawn larger', async () => {
    const svg = Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 36 24"><rect width="36" height="24" fill="#ff0000"/><image href="file:///etc/hostname" width="9" height="9"/></svg>',
    );
    const picture = await decodePicture(svg, LIMITS);
    expect(picture).toMatchObject({ format: 'svg', vector: true, width: 36, height: 24 });
    const { width, height, pixels } = picture.raster;
    expect([width, height]).toEqual([128, 85]);
    const middle = (42 * 128 + 64) * 3;
    expect([...pixels.subarray(middle, middle + 3)]).toEqual([255, 0, 0]);
  });
});

describe('what is no picture is refused', () => {
  test.each([
    ['no bytes', Buffer.alloc(0)],
    ['HTML named .jpg', Buffer.from('<!doctype html><html><body>404</body></html>')],
    ['zeros', Buffer.alloc(5000)],
    ['the first 10 bytes of a JPEG', jpeg.subarray(0, 10)],
    ['a PNG without its end', original.subarray(0, Math.floor(original.length / 2))],
    ['a GIF header', Buffer.from('GIF89a')],
    ['text', Buffer.from('这不是图片')],
    ['an SVG that is cut', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9"')],
  ])('%s', async (_name, bytes) => {
    await expect(decodePicture(bytes, LIMITS)).rejects.toThrow();
  });

  test('a JPEG that is cut at any kilobyte', async () => {
    for (let length = 1024; length < jpeg.length - 2; length += 1024) {
      await expect(decodePicture(jpeg.subarray(0, length), LIMITS), `${length} of ${jpeg.length} bytes`).rejects.toThrow();
    }
  });

  test('a picture of more pixels than allowed, before it is decoded', async () => {
    const bomb = await sharp({ create: { width: 1001, height: 1000, channels: 3, background: '#123' } })
      .png()
      .toBuffer();
    await expect(decodePicture(bomb, LIMITS)).rejects.toThrow(/pixel limit/);
  });
});

describe('encodePicture', () => {
  const options = { maxSide: 100, vectorSide: 64, jpegQuality: 90 };

  test('leaves a small raster picture alone', async () => {
    expect(await encodePicture(original, { format: 'png', width: 100, height: 80 }, options, LIMITS)).toBeNull();
  });

  test('reduces a large one, the same way each time, JPEG to JPEG and others to PNG', async () => {
    for (const [format, bytes, mime] of [
      ['png', original, 'image/png'],
      ['jpeg', await raw().jpeg().toBuffer(), 'image/jpeg'],
    ] as const) {
      const first = await encodePicture(bytes, { format, width: 120, height: 80 }, options, LIMITS);
      expect(first).toMatchObject({ mime, width: 100, height: 67 });
      expect(await encodePicture(bytes, { format, width: 120, height: 80 }, options, LIMITS)).toEqual(first);
      expect(await decodePicture(first!.bytes, LIMITS)).toMatchObject({ format, width: 100, height: 67 });
    }
  });

  test('draws a vector picture', async () => {
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><circle cx="9" cy="5" r="4"/></svg>');
    const drawn = await encodePicture(svg, { format: 'svg', width: 20, height: 10 }, options, LIMITS);
    expect(drawn).toMatchObject({ mime: 'image/png', width: 64, height: 32 });
  });
});

describe('thumbnail', () => {
  test('is a data URL of at most 4 KB', async () => {
    const noise = await sharp({
      create: { width: 300, height: 300, channels: 3, noise: { type: 'gaussian', mean: 128, sigma: 60 }, background: '#000' },
    })
      .png()
      .toBuffer();
    for (const bytes of [original, noise]) {
      const url = await thumbnail(bytes, LIMITS);
      expect(url).toMatch(/^data:image\/jpeg;base64,/);
      expect(Buffer.from(url!.split(',')[1]!, 'base64').byteLength).toBeLessThanOrEqual(MAX_THUMBNAIL_BYTES);
    }
  });

  test('is null where there is no picture', async () => {
    expect(await thumbnail(Buffer.from('no picture'), LIMITS)).toBeNull();
    expect(await thumbnail(null, LIMITS)).toBeNull();
  });
});
