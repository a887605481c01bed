import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { headerSize } from './image-size.ts';

const picture = sharp({ create: { width: 31, height: 17, channels: 3, background: 'red' } });

describe(headerSize, () => {
  it('reads the size of a JPEG, plain and progressive, and whether it may be turned', async () => {
    for (const progressive of [false, true])
      expect(headerSize(await picture.clone().jpeg({ progressive }).toBuffer())).toEqual({
        width: 31,
        height: 17,
        mayTurn: false,
      });
    const turned = await picture.clone().withMetadata({ orientation: 6 }).jpeg().toBuffer();
    expect(headerSize(turned)).toEqual({ width: 31, height: 17, mayTurn: true });
  });

  it('reads the size of a PNG, and of bytes within others', async () => {
    const png = await picture.clone().png().toBuffer();
    expect(headerSize(Buffer.concat([Buffer.alloc(3), png]).subarray(3))).toEqual({ width: 31, height: 17, mayTurn: true });
  });

  it('says nothing of other formats, nor of what is cut short at any byte of the header', async () => {
    expect(headerSize(await picture.clone().webp().toBuffer())).toBeNull();
    const jpeg = await picture.clone().jpeg().toBuffer();
    const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
    for (let bytes = 0; bytes < frame + 9; bytes += 1) expect(headerSize(jpeg.subarray(0, bytes))).toBeNull();
  });
});
