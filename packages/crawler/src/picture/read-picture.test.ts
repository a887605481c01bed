import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { photo, svg } from '../../test/support/pictures.ts';
import { isCutShort } from './is-cut-short.ts';
import { readPicture } from './read-picture.ts';

describe(readPicture, () => {
  it.each(['png', 'jpeg', 'webp', 'avif', 'gif', 'tiff'] as const)('%s', async (format) => {
    const bytes = await photo(format);
    const sha256 = createHash('sha256').update(bytes).digest();
    expect(await readPicture(bytes)).toEqual({ outcome: 'ok', mime: `image/${format}`, width: 40, height: 30, sha256 });
  });

  it('SVG, and a photo that lies on its side', async () => {
    expect(await readPicture(svg(1, 48))).toMatchObject({ outcome: 'ok', mime: 'image/svg+xml', width: 48, height: 48 });
    const turned = await sharp(await photo('jpeg'))
      .withExif({})
      .withMetadata({ orientation: 6 })
      .toBuffer();
    expect(await readPicture(turned)).toMatchObject({ outcome: 'ok', width: 30, height: 40 });
  });

  it.each([
    ['', 'it is empty'],
    ['<!doctype html><p>gone', 'it is a web page'],
    ['gone', 'its first bytes are no known picture'],
  ])('%j is no image', async (text, detail) => {
    expect(await readPicture(Buffer.from(text))).toEqual({ outcome: 'not-image', mime: null, detail });
  });

  it('more pixels than are allowed', async () => {
    const bytes = await photo('jpeg');
    expect(await readPicture(bytes, 40 * 30)).toMatchObject({ outcome: 'ok' });
    expect(await readPicture(bytes, 1_000)).toMatchObject({ outcome: 'too-big', detail: '40 × 30 pixels, and 1000 are allowed' });
  });

  it('a header that cannot be read', async () => {
    const broken = Buffer.from(await photo('gif')).fill(0, 6, 40);
    expect(await readPicture(broken.subarray(0, 12))).toMatchObject({ outcome: 'decode', mime: 'image/gif' });
    expect(await readPicture(Buffer.from('<svg>'))).toMatchObject({ outcome: 'decode', mime: 'image/svg+xml' });
  });
});

describe(isCutShort, () => {
  it.each(['png', 'jpeg', 'webp', 'avif'] as const)('%s is whole only when it is', async (format) => {
    const bytes = await photo(format);
    const mime = `image/${format}`;
    expect(isCutShort(bytes, mime)).toBe(false);
    for (const share of [0.3, 0.6, 0.9]) expect(isCutShort(bytes.subarray(0, Math.floor(bytes.length * share)), mime)).toBe(true);
    expect(await readPicture(bytes.subarray(0, bytes.length - 20))).toEqual({
      outcome: 'decode',
      mime,
      detail: `its ${bytes.length - 20} bytes end too early`,
    });
  });

  it('what follows the end does no harm', async () => {
    for (const format of ['png', 'jpeg', 'webp'] as const) {
      expect(isCutShort(Buffer.concat([await photo(format), Buffer.from('trailer')]), `image/${format}`)).toBe(false);
    }
  });
});
