import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import wabt from 'wabt';
import type { Raster } from './picture.ts';
import { laplacianSums, levelsOf, sumOfLongestRuns } from './raster-kernels.ts';

it('raster-kernels-wasm.ts is what raster-kernels.wat assembles to', async () => {
  const source = await readFile(join(import.meta.dirname, 'raster-kernels.wat'), 'utf8');
  const assembler = await wabt();
  const { buffer } = assembler.parseWat('raster-kernels.wat', source, { simd: true }).toBinary({});
  const lines = Buffer.from(buffer)
    .toString('base64')
    .match(/.{1,112}/g)!;
  const text = lines.map((line) => `  '${line}'`).join(' +\n');
  const module = `/** \`raster-kernels.wat\`, assembled by its test: run that with \`-u\` after a change. */\nexport const KERNELS: string =\n${text};\n`;
  await expect(module).toMatchFileSnapshot('raster-kernels-wasm.ts');
});

/** Numbers that look random, from a seed. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed >>> 0; ;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

/** Noise, with plain areas in it, of few levels or all. */
function randomRaster(width: number, height: number, seed: number): Raster {
  const random = numbers(seed);
  const levels = seed % 3 === 0 ? 256 : 3;
  let color = [0, 0, 0];
  const pixels = new Uint8Array(width * height * 3);
  for (let at = 0; at < pixels.length; at += 3) {
    if (random.next().value < 0.5)
      color = color.map(() => Math.floor(random.next().value * levels) * Math.floor(255 / (levels - 1)));
    pixels.set(color, at);
  }
  return { width, height, pixels };
}

const greyAt = ({ pixels, width }: Raster, x: number, y: number): number => lumaAt(pixels, y * width + x) / 65_536;

const lumaAt = (pixels: Uint8Array, at: number): number =>
  19_595 * pixels[3 * at]! + 38_470 * pixels[3 * at + 1]! + 7_471 * pixels[3 * at + 2]!;

/** Pixel by pixel, in the plainest way. */
function plainly(raster: Raster): Record<string, unknown> {
  const { width, height, pixels } = raster;
  const grey = (x: number, y: number): number => Math.floor(greyAt(raster, x, y) + 0.5);
  const all = Array.from({ length: width * height }, (_, at) => [at % width, Math.floor(at / width)] as const);
  const histogram = Array.from({ length: 256 }, () => 0);
  for (const [x, y] of all) histogram[grey(x, y)]! += 1;
  const spreads = all.map((_, at) => {
    const color = [...pixels.subarray(3 * at, 3 * at + 3)];
    return Math.max(...color) - Math.min(...color);
  });
  const laplacian = all
    .filter(([x, y]) => x > 0 && y > 0 && x < width - 1 && y < height - 1)
    .map(([x, y]) => grey(x - 1, y) + grey(x + 1, y) + grey(x, y - 1) + grey(x, y + 1) - 4 * grey(x, y));
  const longest = (length: number, level: (at: number) => number): number => {
    let [best, run] = [1, 1];
    for (let at = 1; at < length; at += 1) {
      run = Math.abs(level(at) - level(at - 1)) <= 2 ? run + 1 : 1;
      best = Math.max(best, run);
    }
    return best;
  };
  const rows = Array.from({ length: height }, (_, y) => longest(width, (x) => grey(x, y)));
  const columns = Array.from({ length: width }, (_, x) => longest(height, (y) => grey(x, y)));
  const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);
  return {
    luma: all.map((_, at) => lumaAt(pixels, at)),
    histogram,
    spread: sum(spreads),
    laplacian: { sum: sum(laplacian), squares: sum(laplacian.map((value) => value * value)) },
    runs: sum([...rows, ...columns]),
  };
}

it('gives the numbers of plain loops for rasters of any shape', () => {
  const sides = [1, 2, 3, 4, 7, 8, 15, 16, 17, 31, 33, 64, 96, 127, 128, 200];
  const shapes = sides.flatMap((side, index) => [
    [side, sides[(index * 7 + 3) % sides.length]!] as const,
    [sides[(index * 5 + 1) % sides.length]!, side] as const,
  ]);
  for (const [seed, [width, height]] of shapes.entries()) {
    const raster = randomRaster(width, height, seed);
    const { luma, histogram, spread } = levelsOf(raster);
    const numbersFound = { luma: [...luma], histogram: [...histogram], spread };
    expect(
      { ...numbersFound, laplacian: laplacianSums(raster), runs: sumOfLongestRuns(raster, 2) },
      `${width} × ${height}`,
    ).toEqual(plainly(raster));
  }
});

it('gives the numbers of the raster asked for, whichever was measured before', () => {
  const [small, large] = [randomRaster(20, 30, 1), randomRaster(128, 128, 2)];
  const before = sumOfLongestRuns(small, 2);
  laplacianSums(large);
  expect(sumOfLongestRuns(small, 2)).toBe(before);
  expect(laplacianSums(large)).toEqual(plainly(large)['laplacian']);
});
