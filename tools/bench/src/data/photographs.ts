import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';

/**
 * Writes pictures with the spectrum of photographs (noise at several scales over a gradient) as JPEG of quality 85 and returns
 * their mean size in bytes.
 */
export async function writePhotographs(folder: string, count: number, width: number, height: number): Promise<number> {
  await mkdir(folder, { recursive: true });
  let bytes = 0;
  for (let number = 0; number < count; number += 1) {
    const layers = [8, 24, 72].map((size) => noise(size, Math.round((size * height) / width), number * 3 + size));
    const scaled = await Promise.all(
      layers.map(({ pixels, columns, rows }) =>
        sharp(pixels, { raw: { width: columns, height: rows, channels: 3 } })
          .resize(width, height, { fit: 'fill', kernel: 'cubic' })
          .raw()
          .toBuffer(),
      ),
    );
    const mixed = Buffer.alloc(width * height * 3);
    for (let index = 0; index < mixed.length; index += 1) {
      mixed[index] = 0.55 * scaled[0]![index]! + 0.3 * scaled[1]![index]! + 0.15 * scaled[2]![index]!;
    }
    const jpeg = await sharp(mixed, { raw: { width, height, channels: 3 } })
      .jpeg({ quality: 85 })
      .toBuffer();
    bytes += jpeg.length;
    await writeFile(join(folder, `${String(number).padStart(5, '0')}.jpg`), jpeg);
  }
  return Math.round(bytes / count);
}

function noise(columns: number, rows: number, seed: number): { pixels: Buffer; columns: number; rows: number } {
  let state = (seed + 1) * 2_654_435_761;
  const pixels = Buffer.alloc(columns * rows * 3);
  for (let index = 0; index < pixels.length; index += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    pixels[index] = state >>> 24;
  }
  return { pixels, columns, rows };
}
