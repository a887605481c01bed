import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { photo } from '../../test/support/pictures.ts';
import { DEFAULT_RESIZE, resizePicture } from './resize-picture.ts';
import type { ResizeOptions } from './resize-picture.ts';

const fit = async (
  bytes: Buffer,
  [width, height]: [number, number],
  options: Partial<ResizeOptions>,
): Promise<[string, number, number] | null> => {
  const resized = await resizePicture(bytes, { width, height }, { ...DEFAULT_RESIZE, size: 32, ...options });
  if (resized === null) return null;
  const { format, width: realWidth, height: realHeight } = await sharp(resized.bytes).metadata();
  expect([realWidth, realHeight]).toEqual([resized.width, resized.height]);
  return [format, realWidth, realHeight];
};

describe('a picture is fitted to a size', () => {
  it.each([
    ['keep_ratio', 48, 32],
    ['keep_ratio_largest', 32, 21],
    ['center_crop', 32, 32],
    ['border', 32, 32],
  ] as const)('%s: %i × %i of 90 × 60', async (mode, width, height) => {
    expect(await fit(await photo('png', 1, 90, 60), [90, 60], { mode })).toEqual(['jpeg', width, height]);
  });

  it('and enlarged, unless only larger ones are to be', async () => {
    const small = await photo('jpeg', 2, 20, 10);
    expect(await fit(small, [20, 10], { mode: 'keep_ratio' })).toEqual(['jpeg', 64, 32]);
    expect(await fit(small, [20, 10], { mode: 'keep_ratio', onlyIfBigger: true })).toBeNull();
    const large = await photo('jpeg', 2, 64, 40);
    expect(await fit(large, [64, 40], { mode: 'border', onlyIfBigger: true })).toEqual(['jpeg', 32, 32]);
    // As img2dataset has it, the side that decides is the one that is fitted.
    expect(await fit(large, [64, 40], { mode: 'keep_ratio', onlyIfBigger: true })).toEqual(['jpeg', 51, 32]);
    expect(await fit(await photo('jpeg', 2, 64, 30), [64, 30], { mode: 'keep_ratio', onlyIfBigger: true })).toBeNull();
  });

  it('upright, as its EXIF orientation says', async () => {
    const turned = await sharp(await photo('jpeg', 3, 60, 40))
      .withMetadata({ orientation: 6 })
      .toBuffer();
    expect(await fit(turned, [40, 60], { mode: 'keep_ratio' })).toEqual(['jpeg', 32, 48]);
  });

  it('on white, in another format', async () => {
    const clear = await sharp({ create: { width: 64, height: 32, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } })
      .png()
      .toBuffer();
    for (const format of ['jpeg', 'png', 'webp'] as const) {
      const resized = await resizePicture(clear, { width: 64, height: 32 }, { ...DEFAULT_RESIZE, size: 32, format });
      expect(resized!.mime).toBe(`image/${format}`);
      const { channels } = await sharp(resized!.bytes).stats();
      expect(channels.slice(0, 3).map(({ mean }) => Math.round(mean))).toEqual([255, 255, 255]);
    }
  });

  it('differs from a box filter by little', async () => {
    const smooth = await sharp(await photo('png', 4, 12, 9))
      .resize(480, 360, { kernel: 'cubic' })
      .png()
      .toBuffer();
    const resized = await resizePicture(
      smooth,
      { width: 480, height: 360 },
      { ...DEFAULT_RESIZE, mode: 'keep_ratio', size: 180 },
    );
    const [ours, whole] = await Promise.all([resized!.bytes, smooth].map((bytes) => sharp(bytes).removeAlpha().raw().toBuffer()));
    let squares = 0;
    for (let row = 0; row < 180; row += 1) {
      for (let column = 0; column < 720; column += 1) {
        const [x, channel] = [Math.floor(column / 3), column % 3];
        const at = (dx: number, dy: number): number => whole![((2 * row + dy) * 480 + 2 * x + dx) * 3 + channel]!;
        const mean = (at(0, 0) + at(1, 0) + at(0, 1) + at(1, 1)) / 4;
        squares += (mean - ours![row * 720 + column]!) ** 2;
      }
    }
    expect(10 * Math.log10(255 ** 2 / (squares / (180 * 720)))).toBeGreaterThan(30);
  });
});
