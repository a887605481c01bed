import { SOURCES } from '@wenlan/shards';
import type { Source } from '@wenlan/shards';
import { ByteSpool } from '../dedup/byte-spool.ts';
import type { SpillOptions } from '../dedup/byte-spool.ts';
import { StringColumn } from '../dedup/string-column.ts';
import type { Looks } from '../image/look.ts';
import { LookColumns } from './look-columns.ts';

/** What grouping knows of a row. Keys are the first 64 bits of a SHA-256; 0 stands for none. */
export interface Signature {
  id: string;
  source: Source;
  imageUrl: string | null;
  /** Of the bytes of the picture. */
  imageKey: bigint;
  /** Of the canonical URL of the picture and of the page. */
  urlKey: bigint;
  pageKey: bigint;
  /** Null where nothing was decoded; `pixels` is Infinity for a vector picture. */
  picture: (Looks & { pixels: number }) | null;
  /** Keys of the texts that the rules before kept, in their order, and the length of the longest. */
  textKeys: readonly bigint[];
  textUnits: number;
  /** Those texts as one, for rules that compare texts; null for none. */
  text?: string | null;
  /** Embedding of the picture; null where there is none. */
  vector?: Float32Array | null;
  /** Highest correlation of the picture with one of the texts, and the share of a text that is printed in it; NaN if unknown. */
  correlation?: number;
  printed?: number;
}

export interface TableOptions {
  /** Beyond its memory, long columns lie in files. */
  spill?: SpillOptions | null;
}

/**
 * The signatures of all rows, column by column: about 150 bytes a row in memory; what is long (ids, URLs, texts, colours,
 * vectors) lies in files beyond the memory that `spill` allows.
 */
export class SignatureTable {
  readonly imageKeys: BigUint64Array;
  readonly urlKeys: BigUint64Array;
  readonly pageKeys: BigUint64Array;
  readonly hasPicture: Uint8Array;
  readonly whole: LookColumns;
  readonly trimmed: LookColumns;
  /** Width and height of the trimmed part, as shares of the longer side: [rows, 2] */
  readonly trimmedSize: Float32Array;
  /** Width × height; Infinity for vector pictures. */
  readonly pixels: Float64Array;
  readonly textUnits: Uint32Array;
  /** Row `r` has the texts textStarts[r] .. textStarts[r + 1] - 1. */
  readonly textStarts: Uint32Array;
  readonly correlations: Float32Array;
  readonly printed: Float32Array;
  readonly spill: SpillOptions | null;
  readonly #capacity: number;
  readonly #ids: StringColumn;
  readonly #imageUrls: StringColumn;
  readonly #texts: StringColumn;
  readonly #sources: Uint8Array;
  readonly #vectors: ByteSpool;
  /** Place of the vector of a row, from 1; 0 for none. */
  readonly #vectorPlaces: Uint32Array;
  #vectorCount = 0;
  #dimension = 0;
  #textKeys = new BigUint64Array(1024);

  constructor(capacity: number, { spill = null }: TableOptions = {}) {
    this.#capacity = capacity;
    this.spill = spill;
    this.#ids = new StringColumn(spill);
    this.#imageUrls = new StringColumn(spill);
    this.#texts = new StringColumn(spill);
    this.#vectors = new ByteSpool(spill);
    this.#sources = new Uint8Array(capacity);
    this.#vectorPlaces = new Uint32Array(capacity);
    this.imageKeys = new BigUint64Array(capacity);
    this.urlKeys = new BigUint64Array(capacity);
    this.pageKeys = new BigUint64Array(capacity);
    this.hasPicture = new Uint8Array(capacity);
    this.whole = new LookColumns(capacity, spill);
    this.trimmed = new LookColumns(capacity, spill);
    this.trimmedSize = new Float32Array(capacity * 2);
    this.pixels = new Float64Array(capacity);
    this.textUnits = new Uint32Array(capacity);
    this.textStarts = new Uint32Array(capacity + 1);
    this.correlations = new Float32Array(capacity).fill(Number.NaN);
    this.printed = new Float32Array(capacity).fill(Number.NaN);
  }

  get rows(): number {
    return this.#ids.length;
  }

  get texts(): number {
    return this.textStarts[this.rows]!;
  }

  get textKeys(): BigUint64Array {
    return this.#textKeys.subarray(0, this.texts);
  }

  id(row: number): string {
    return this.#ids.get(row)!;
  }

  imageUrl(row: number): string | null {
    return this.#imageUrls.get(row);
  }

  source(row: number): Source {
    return SOURCES[this.#sources[row]!]!;
  }

  /** The texts of a row as one; null for none. */
  text(row: number): string | null {
    return this.#texts.get(row);
  }

  /** Whether any row has a vector. */
  get hasVectors(): boolean {
    return this.#vectorCount > 0;
  }

  /** [dimension], a copy; null where there is none. */
  vector(row: number): Float32Array | null {
    const place = this.#vectorPlaces[row]!;
    if (place === 0) return null;
    const bytes = this.#vectors.read((place - 1) * this.#dimension * 4, this.#dimension * 4);
    return new Float32Array(bytes.slice().buffer);
  }

  add(signature: Signature): void {
    const row = this.rows;
    if (row >= this.#capacity) throw new Error(`The table has room for ${this.#capacity} rows and is given one more.`);
    this.#ids.push(signature.id);
    this.#sources[row] = SOURCES.indexOf(signature.source);
    this.#imageUrls.push(signature.imageUrl);
    this.#texts.push(signature.text ?? null);
    this.imageKeys[row] = signature.imageKey;
    this.urlKeys[row] = signature.urlKey;
    this.pageKeys[row] = signature.pageKey;
    this.textUnits[row] = signature.textUnits;
    this.correlations[row] = signature.correlation ?? Number.NaN;
    this.printed[row] = signature.printed ?? Number.NaN;
    if (signature.picture !== null) {
      const { whole, trimmed, trimmedWidth, trimmedHeight, pixels } = signature.picture;
      this.hasPicture[row] = 1;
      this.whole.set(row, whole);
      this.trimmed.set(row, trimmed);
      this.trimmedSize.set([trimmedWidth, trimmedHeight], row * 2);
      this.pixels[row] = pixels;
    }
    if (signature.vector !== undefined && signature.vector !== null) this.#addVector(row, signature.vector);
    const start = this.textStarts[row]!;
    const end = start + signature.textKeys.length;
    if (end > this.#textKeys.length) {
      const grown = new BigUint64Array(Math.max(end, this.#textKeys.length * 2));
      grown.set(this.#textKeys);
      this.#textKeys = grown;
    }
    this.#textKeys.set(signature.textKeys, start);
    this.textStarts[row + 1] = end;
  }

  /** Removes what lies in files. */
  close(): void {
    for (const column of [this.#ids, this.#imageUrls, this.#texts, this.#vectors, this.whole, this.trimmed]) column.close();
  }

  #addVector(row: number, vector: Float32Array): void {
    if (this.#vectorCount === 0) this.#dimension = vector.length;
    if (vector.length !== this.#dimension)
      throw new Error(`A vector has ${vector.length} numbers and those before it ${this.#dimension}.`);
    this.#vectors.append(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength));
    this.#vectorPlaces[row] = this.#vectorCount += 1;
  }
}
