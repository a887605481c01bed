import { KERNELS } from './kernels-wasm.ts';

/** A picture in the memory of the kernels. There is one a thread. */
export interface Canvas {
  side: number;
  /** Bytes of a row of one colour: `side` floats, and up to three more that mean nothing. */
  plane: number;
  /** First byte of [side, 3, plane / 4] floats, and the one after the last. */
  at: number;
  end: number;
}

/** What `kernels.wat` exports; addresses are bytes of its memory. */
interface Kernels {
  memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  scaleAcross(
    source: number,
    rows: number,
    stride: number,
    starts: number,
    weights: number,
    pairs: number,
    columns: number,
    target: number,
  ): void;
  scaleDown(source: number, starts: number, weights: number, count: number, side: number, plane: number, target: number): void;
  scaleValues(at: number, end: number, factor: number, offset: number): void;
  sumLuma(at: number, end: number, plane: number, side: number): number;
  blendWithLuma(at: number, end: number, plane: number, factor: number): void;
  turnHue(at: number, end: number, plane: number, sixths: number): void;
  pack(at: number, end: number, plane: number, side: number, target: number): void;
}

/** The types of Node don't have it. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { exports: unknown };
};

const PAGE_BYTES = 65_536;

/** One memory a thread: what lies there is used up before the thread does anything else. */
export const kernels: Kernels = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(KERNELS, 'base64')))
  .exports as Kernels;

/** Makes the memory large enough for this many bytes. */
export function reserve(bytes: number): void {
  const missing = bytes - kernels.memory.buffer.byteLength;
  if (missing > 0) kernels.memory.grow(Math.ceil(missing / PAGE_BYTES));
}

/** What `pack` writes past the end. */
const OVERRUN_BYTES = 48;

/** Takes the picture out of the memory. @param target becomes RGB, [side, side, 3] */
export function takeOut({ at, end, plane, side }: Canvas, target: Float32Array): void {
  reserve(end + target.byteLength + OVERRUN_BYTES);
  kernels.pack(at, end, plane, side, end);
  target.set(new Float32Array(kernels.memory.buffer, end, target.length));
}
