import sharp from 'sharp';

/** A small picture whose pixels depend on its number. */
export async function picture(number: number, format: 'png' | 'jpeg' = 'jpeg'): Promise<Uint8Array> {
  const channel = (step: number): number => (number * step) % 256;
  const background = { r: channel(37), g: channel(59), b: channel(83) };
  const bytes = await sharp({ create: { width: 24, height: 16, channels: 3, background } })
    .toFormat(format)
    .toBuffer();
  return new Uint8Array(bytes);
}
