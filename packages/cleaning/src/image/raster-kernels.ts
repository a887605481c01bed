import { KERNELS } from './raster-kernels-wasm.ts';
import type { Raster } from './picture.ts';

/** What `raster-kernels.wat` exports; addresses are bytes of its memory. */
interface Kernels {
  memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  takeGrey(pixels: number, count: number, luma: number, grey: number): void;
  sumSpread(pixels: number, end: number): number;
  countValues(at: number, end: number, counts: number): void;
  sumLaplacian(grey: number, width: number, height: number, sums: number): void;
  findRuns(at: number, end: number, stride: number, flat: number, runs: number): void;
  transpose(source: number, stride: number, scratch: number, target: number): void;
}

/** The types of Node don't have it. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { exports: unknown };
};

/** Levels of luma are whole multiples of 1/LUMA_ONE. */
export const LUMA_ONE = 65_536;

const PAGE_BYTES = 65_536;
const LEVELS = 256;
/** Pixels that a kernel takes at once. */
const STEP = 16;

const kernels = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(KERNELS, 'base64'))).exports as Kernels;

/** Where a raster lies in the memory of the kernels: each part begins at a multiple of 16. */
interface Layout {
  pixels: number;
  luma: number;
  grey: number;
  /** [2, 256] of i32 */
  counts: number;
  /** Two f64, 16 bytes, or 512 of scratch. */
  small: number;
  /** 16 rows turned into columns. */
  columns: number;
}

/** Sums that are taken of every pixel; the arrays are those of the kernels, which the next raster overwrites. */
export interface Levels {
  /** In units of 1/{@link LUMA_ONE} of a level, [height, width] */
  luma: Int32Array;
  /** Pixels of each grey level, [256] */
  histogram: Uint32Array;
  /** Sum of the differences of the highest and the lowest channel. */
  spread: number;
}

interface Loaded extends Levels {
  pixels: Uint8Array;
  layout: Layout;
}

/** The raster that lies in the memory: several rules ask for it one after another. */
let loaded: Loaded | undefined;

/** Levels of grey by the weights of ITU-R BT.601, exact to a hundredth of a level. */
export function levelsOf(raster: Raster): Levels {
  return load(raster);
}

function load({ pixels, width, height }: Raster): Loaded {
  if (loaded?.pixels === pixels) return loaded;
  const count = width * height;
  const layout = layOut(width, height);
  const memory = new Uint8Array(kernels.memory.buffer);
  memory.set(pixels, layout.pixels);
  memory.fill(0, layout.pixels + pixels.length, layout.luma);
  kernels.takeGrey(layout.pixels, count, layout.luma, layout.grey);
  memory.fill(0, layout.counts, layout.small);
  if (count > 1) kernels.countValues(layout.grey, layout.grey + (count & ~1), layout.counts);
  const [even, odd] = [0, LEVELS * 4].map((at) => new Uint32Array(memory.buffer, layout.counts + at, LEVELS));
  const histogram = even!.map((pixelsOfLevel, level) => pixelsOfLevel + odd![level]!);
  if (count % 2 === 1) histogram[memory[layout.grey + count - 1]!]! += 1;
  loaded = {
    pixels,
    layout,
    luma: new Int32Array(memory.buffer, layout.luma, count),
    histogram,
    spread: kernels.sumSpread(layout.pixels, layout.pixels + 3 * count),
  };
  return loaded;
}

function layOut(width: number, height: number): Layout {
  const count = width * height;
  const pixels = 0;
  const luma = pixels + align(3 * count, 3 * STEP);
  const grey = luma + align(4 * (count + STEP), STEP);
  // Whole blocks of 16 × 16 are read where the raster ends in the middle of one.
  const counts = grey + align(count + STEP * (width + 1), STEP);
  const small = counts + 2 * 4 * LEVELS;
  const columns = small + 512;
  const missing = columns + STEP * align(width, STEP) + STEP - kernels.memory.buffer.byteLength;
  if (missing > 0) kernels.memory.grow(Math.ceil(missing / PAGE_BYTES));
  return { pixels, luma, grey, counts, small, columns };
}

const align = (bytes: number, step: number): number => Math.ceil(bytes / step) * step;

/** Sum of the Laplacian of the grey levels over all inner pixels, and of its squares. */
export function laplacianSums(raster: Raster): { sum: number; squares: number } {
  const { width, height } = raster;
  if (width < 3 || height < 3) return { sum: 0, squares: 0 };
  const { layout } = load(raster);
  kernels.sumLaplacian(layout.grey, width, height, layout.small);
  const [sum, squares] = new Float64Array(kernels.memory.buffer, layout.small, 2);
  return { sum: sum!, squares: squares! };
}

/** Sum, over all rows and columns, of the longest run of grey levels of which neighbours differ by at most `flat`. Sides up to 255. */
export function sumOfLongestRuns(raster: Raster, flat: number): number {
  const { width, height } = raster;
  const { grey, small, columns } = load(raster).layout;
  const runs = new Uint8Array(kernels.memory.buffer, small, STEP);
  let total = 0;
  const add = (count: number): void => {
    for (let at = 0; at < count; at += 1) total += runs[at]!;
  };
  for (let x = 0; x < width; x += STEP) {
    kernels.findRuns(grey + x, grey + x + (height - 1) * width, width, flat, small);
    add(Math.min(STEP, width - x));
  }
  for (let y = 0; y < height; y += STEP) {
    for (let x = 0; x < width; x += STEP) kernels.transpose(grey + y * width + x, width, small, columns + x * STEP);
    kernels.findRuns(columns, columns + (width - 1) * STEP, STEP, flat, small);
    add(Math.min(STEP, height - y));
  }
  return total;
}
