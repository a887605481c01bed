import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeImage, decodePixels, squashBicubic } from './decode-image.ts';

const SIDE = 8;
const RED = { r: 200, g: 40, b: 20 };
const flat = (width: number, height: number, background: { r: number; g: number; b: number; alpha?: number } = RED): Sharp =>
  sharp({ create: { width, height, channels: background.alpha === undefined ? 3 : 4, background } });

/** The colour in the middle of the picture, 0..255. */
async function middle(image: Uint8Array): Promise<number[]> {
  const pixels = await decodePixels(image, SIDE);
  const at = ((SIDE / 2) * SIDE + SIDE / 2) * 3;
  return [...pixels.subarray(at, at + 3)].map((value) => Math.round(value * 255));
}

const near = (colour: { r: number; g: number; b: number }, within: number): ((value: number[]) => boolean) => {
  const { r, g, b } = colour;
  return (value) => value.every((channel, index) => Math.abs(channel - [r, g, b][index]!) <= within);
};

describe(decodeImage, () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('turns a picture of EXIF orientation %i upright', async (orientation) => {
    const upright = await sharp(await flat(24, 12).png().toBuffer())
      .composite([{ input: await flat(6, 6, { r: 255, g: 255, b: 255 }).png().toBuffer(), left: 0, top: 0 }])
      .raw()
      .toBuffer({ resolveWithObject: true });
    // The inverse of what each orientation asks of a viewer (EXIF 2.3, tag 0x0112); sharp mirrors before it rotates.
    const stored = [
      (image: Sharp): Sharp => image,
      (image: Sharp): Sharp => image.flop(),
      (image: Sharp): Sharp => image.rotate(180),
      (image: Sharp): Sharp => image.flip(),
      (image: Sharp): Sharp => image.rotate(90).flip(),
      (image: Sharp): Sharp => image.rotate(270),
      (image: Sharp): Sharp => image.rotate(90).flop(),
      (image: Sharp): Sharp => image.rotate(90),
    ][orientation - 1]!;
    const turned = await stored(sharp(upright.data, { raw: upright.info }))
      .png()
      .toBuffer();
    const image = await sharp(turned).withMetadata({ orientation }).jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer();
    const { width, height, pixels } = await decodeImage(image, 24);
    expect([width, height]).toEqual([24, 12]);
    expect(pixels[(2 * 24 + 2) * 3 + 1]).toBeGreaterThan(230);
    for (const [x, y] of [
      [21, 2],
      [2, 9],
      [21, 9],
    ])
      expect(pixels[(y! * 24 + x!) * 3 + 1]).toBeLessThan(77);
  });

  it('reads CMYK as the colours that it stands for', async () => {
    const image = await flat(30, 30).toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer();
    expect((await sharp(image).metadata()).space).toBe('cmyk');
    expect(await middle(image)).toSatisfy(near(RED, 40));
  });

  it('reads 16 bits a channel, grey, and grey with alpha', async () => {
    const deep = await flat(20, 20).toColourspace('rgb16').png().toBuffer();
    expect((await sharp(deep).metadata()).depth).toBe('ushort');
    expect(await middle(deep)).toSatisfy(near(RED, 2));
    const grey = await flat(20, 20, { r: 90, g: 90, b: 90 }).toColourspace('b-w').png().toBuffer();
    expect(await middle(grey)).toSatisfy(near({ r: 90, g: 90, b: 90 }, 1));
    const thin = await flat(20, 20, { r: 0, g: 0, b: 0, alpha: 0 }).toColourspace('b-w').png().toBuffer();
    expect(await middle(thin)).toEqual([255, 255, 255]);
  });

  it('lays what is transparent on white', async () => {
    expect(
      await middle(
        await flat(20, 20, { ...RED, alpha: 0 })
          .png()
          .toBuffer(),
      ),
    ).toEqual([255, 255, 255]);
    expect(await middle(await flat(20, 20, { r: 0, g: 0, b: 0, alpha: 0.5 }).png().toBuffer())).toSatisfy(
      near({ r: 127, g: 127, b: 127 }, 1),
    );
  });

  it.each(['gif', 'webp'] as const)('takes the first frame of an animated %s', async (format) => {
    const frames = [await flat(20, 20).png().toBuffer(), await flat(20, 20, { r: 0, g: 0, b: 255 }).png().toBuffer()];
    const image = await sharp(frames, { join: { animated: true } })
      .toFormat(format)
      .toBuffer();
    expect((await sharp(image).metadata()).pages).toBe(2);
    expect(await middle(image)).toSatisfy(near(RED, 12));
  });

  it('refuses a picture that claims more than 100 million pixels before it takes their memory', async () => {
    const image = await flat(2, 2).png().toBuffer();
    image.writeUInt32BE(20_000, 16);
    image.writeUInt32BE(20_000, 20);
    await expect(decodeImage(image, SIDE)).rejects.toThrow(/pixel limit|limitInputPixels|exceeds|crc/i);
  });

  it('refuses what is cut short, empty or no picture', async () => {
    const jpeg = await flat(100, 100).jpeg().toBuffer();
    await expect(decodeImage(jpeg.subarray(0, jpeg.length - 40), SIDE)).rejects.toThrow();
    await expect(decodeImage(new Uint8Array(0), SIDE)).rejects.toThrow('the picture has no bytes');
    await expect(decodeImage(Buffer.from('no picture'), SIDE)).rejects.toThrow(/unsupported image format/);
  });
});

describe(squashBicubic, () => {
  /** Colours in the middle of the left and of the right half. */
  const halves = async (image: Uint8Array): Promise<number[][]> => {
    const pixels = await squashBicubic(image, SIDE);
    expect(pixels).toHaveLength(SIDE * SIDE * 3);
    return [1, SIDE - 2].map((column) => {
      const at = ((SIDE / 2) * SIDE + column) * 3;
      return [...pixels.subarray(at, at + 3)];
    });
  };
  const wide = (left: Sharp): Promise<Buffer> =>
    left
      .png()
      .toBuffer()
      .then((input) =>
        flat(400, 50, { r: 10, g: 20, b: 30 })
          .composite([{ input, left: 0, top: 0 }])
          .png()
          .toBuffer(),
      );

  it('squashes the whole picture, upright', async () => {
    const image = await wide(flat(200, 50));
    expect(await halves(image)).toEqual([
      [200, 40, 20],
      [10, 20, 30],
    ]);
    const turned = await sharp(image).rotate(90).withMetadata({ orientation: 8 }).png().toBuffer();
    expect((await sharp(turned).metadata()).width).toBe(50);
    expect(await halves(turned)).toEqual(await halves(image));
  });

  it('takes a picture of that size pixel by pixel', async () => {
    const data = Buffer.from(Array.from({ length: SIDE * SIDE * 3 }, (_, at) => (at * 97) % 256));
    const image = await sharp(data, { raw: { width: SIDE, height: SIDE, channels: 3 } })
      .png()
      .toBuffer();
    expect(Buffer.from(await squashBicubic(image, SIDE))).toEqual(data);
  });

  it('gives three channels on white of whatever a picture has', async () => {
    const clear = await flat(20, 9, { ...RED, alpha: 0 })
      .png()
      .toBuffer();
    const grey = await flat(20, 9, { r: 90, g: 90, b: 90 }).toColourspace('b-w').png().toBuffer();
    const deep = await flat(20, 9).toColourspace('rgb16').png().toBuffer();
    const vector = Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="2"><rect width="9" height="9" fill="navy"/></svg>',
    );
    const colours = await Promise.all([clear, grey, deep, vector].map(async (image) => (await halves(image))[1]!));
    expect(colours[0]).toEqual([255, 255, 255]);
    expect(colours[1]).toSatisfy(near({ r: 90, g: 90, b: 90 }, 1));
    expect(colours[2]).toSatisfy(near(RED, 2));
    expect(colours[3]).toEqual([0, 0, 128]);
  });

  it('refuses what is no picture', async () => {
    await expect(squashBicubic(new Uint8Array(), SIDE)).rejects.toThrow('no bytes');
    await expect(squashBicubic(Buffer.from('<html>'), SIDE)).rejects.toThrow();
  });
});
