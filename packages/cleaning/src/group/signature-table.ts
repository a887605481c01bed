import type { Source } from '@wenlan/shards';
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
}

/**
 * The signatures of all rows, column by column: about 700 bytes a row, so that a million rows fit into memory; this is what an
 * out-of-core engine would hold instead.
 */
export class SignatureTable {
  readonly ids: string[] = [];
  readonly sources: Source[] = [];
  readonly imageUrls: (string | null)[] = [];
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
  readonly #capacity: number;
  #textKeys = new BigUint64Array(1024);

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.imageKeys = new BigUint64Array(capacity);
    this.urlKeys = new BigUint64Array(capacity);
    this.pageKeys = new BigUint64Array(capacity);
    this.hasPicture = new Uint8Array(capacity);
    this.whole = new LookColumns(capacity);
    this.trimmed = new LookColumns(capacity);
    this.trimmedSize = new Float32Array(capacity * 2);
    this.pixels = new Float64Array(capacity);
    this.textUnits = new Uint32Array(capacity);
    this.textStarts = new Uint32Array(capacity + 1);
  }

  get rows(): number {
    return this.ids.length;
  }

  get texts(): number {
    return this.textStarts[this.rows]!;
  }

  get textKeys(): BigUint64Array {
    return this.#textKeys.subarray(0, this.texts);
  }

  add(signature: Signature): void {
    const row = this.rows;
    if (row >= this.#capacity) throw new Error(`The table has room for ${this.#capacity} rows and is given one more.`);
    this.ids.push(signature.id);
    this.sources.push(signature.source);
    this.imageUrls.push(signature.imageUrl);
    this.imageKeys[row] = signature.imageKey;
    this.urlKeys[row] = signature.urlKey;
    this.pageKeys[row] = signature.pageKey;
    this.textUnits[row] = signature.textUnits;
    if (signature.picture !== null) {
      const { whole, trimmed, trimmedWidth, trimmedHeight, pixels } = signature.picture;
      this.hasPicture[row] = 1;
      this.whole.set(row, whole);
      this.trimmed.set(row, trimmed);
      this.trimmedSize.set([trimmedWidth, trimmedHeight], row * 2);
      this.pixels[row] = pixels;
    }
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
}
