import type { Vectors } from '../vectors.ts';
import { INT8_SCAN } from './int8-scan-wasm.ts';
import type { Int16Query } from './int16-query.ts';

/** What `int8-scan.wat` exports; addresses are bytes of its memory. */
interface Scan {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  scan(query: number, row: number, end: number, dim: number, out: number): void;
}

/** The types of Node don't have it. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { exports: unknown };
};

const PAGE_BYTES = 65_536;
/** Rows that one call multiplies at once, and components that one load takes. */
const ROW_STEP = 4;
const COMPONENT_STEP = 8;
const MAX_INT8 = 127;
/** More than the rounding of float64 in all that is summed here, as a share of |x| |v|. */
const ROUNDING = 1e-9;

const scanModule = new WebAssembly.Module(Buffer.from(INT8_SCAN, 'base64'));

/**
 * Rows of a gallery as whole numbers of eight bits, each with a scale of its own: x = scale · q + e. How far that is from x is
 * known for every row, and so is how far a product with it can be from the true one.
 */
export class Int8Block {
  readonly rows: number;
  /** Largest norm of a row as whole numbers. */
  readonly maxNorm: number;
  readonly #dim: number;
  readonly #wasm: Scan;
  readonly #at: { query: number; rows: number; end: number; out: number };
  readonly #scales: Float64Array; // [rows]
  readonly #norms: Float64Array; // [rows], of scale · q
  readonly #errors: Float64Array; // [rows], of e

  constructor({ values, dim }: Vectors, start: number, rows: number) {
    this.rows = rows;
    this.#dim = Math.ceil(dim / COMPONENT_STEP) * COMPONENT_STEP;
    const padded = Math.ceil(rows / ROW_STEP) * ROW_STEP;
    this.#wasm = new WebAssembly.Instance(scanModule).exports as Scan;
    const rowsAt = 2 * this.#dim;
    const outAt = rowsAt + padded * this.#dim;
    this.#at = { query: 0, rows: rowsAt, end: outAt, out: outAt };
    this.#wasm.memory.grow(Math.ceil((outAt + 4 * padded) / PAGE_BYTES));
    this.#scales = new Float64Array(rows);
    this.#norms = new Float64Array(rows);
    this.#errors = new Float64Array(rows);
    const whole = new Int8Array(this.#wasm.memory.buffer, rowsAt, padded * this.#dim); // [padded, padded dim]
    let maxNorm = 0;
    for (let row = 0; row < rows; row += 1)
      maxNorm = Math.max(maxNorm, this.#setRow(row, values.subarray((start + row) * dim, (start + row + 1) * dim), whole));
    this.maxNorm = maxNorm;
  }

  /** @returns the row's norm as whole numbers */
  #setRow(row: number, vector: Float32Array, whole: Int8Array): number {
    let largest = 0;
    for (let d = 0; d < vector.length; d += 1) largest = Math.max(largest, Math.abs(vector[d]!));
    const scale = largest / MAX_INT8 || 1;
    let square = 0;
    let error = 0;
    for (let d = 0, at = row * this.#dim; d < vector.length; d += 1, at += 1) {
      const rounded = Math.round(vector[d]! / scale);
      const missing = vector[d]! - scale * rounded;
      whole[at] = rounded;
      square += rounded * rounded;
      error += missing * missing;
    }
    const norm = Math.sqrt(square);
    this.#scales[row] = scale;
    this.#norms[row] = scale * norm;
    this.#errors[row] = Math.sqrt(error);
    return norm;
  }

  /**
   * Between what bounds each row's inner product with the query v = scale · p + f lies. With x = s · q + e it differs from
   * s · scale · (q · p) by (s · q) · f + e · v, which Cauchy and Schwarz bound by |s · q| |f| + |e| |v|.
   * @param low becomes [rows], from `at`
   * @param high becomes [rows], from `at`
   */
  bound({ values, scale, norm, error }: Int16Query, low: Float64Array, high: Float64Array, at: number): void {
    const { buffer } = this.#wasm.memory;
    new Int16Array(buffer, this.#at.query, values.length).set(values);
    this.#wasm.scan(this.#at.query, this.#at.rows, this.#at.end, this.#dim, this.#at.out);
    const products = new Int32Array(buffer, this.#at.out, this.rows);
    for (let row = 0; row < this.rows; row += 1) {
      const about = this.#scales[row]! * scale * products[row]!;
      const own = this.#norms[row]!;
      const off = own * error + this.#errors[row]! * norm + ROUNDING * (own + this.#errors[row]!) * norm;
      low[at + row] = about - off;
      high[at + row] = about + off;
    }
  }
}
