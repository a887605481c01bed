import sharp from 'sharp';

/** A picture like no other of another number. */
export const svg = (number: number, side = 64): Buffer =>
  Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}"><circle r="${number + 1}"/></svg>`);

/** A noisy picture, so that it has some bytes. @param format of the file */
export function photo(
  format: 'png' | 'jpeg' | 'webp' | 'avif' | 'gif' | 'tiff',
  number = 0,
  width = 40,
  height = 30,
): Promise<Buffer> {
  const pixels = Buffer.from(Uint8Array.from({ length: width * height * 3 }, (_, index) => (index * (number + 7) * 31) % 251));
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .toFormat(format)
    .toBuffer();
}
