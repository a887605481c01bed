import { SOURCES } from '@wenlan/shards';
import type { Source } from '@wenlan/shards';
import { ByteSpool } from '../dedup/byte-spool.ts';
import { KeyColumn } from '../dedup/key-column.ts';
import { NumberColumn } from '../dedup/number-column.ts';
import type { NumberKind } from '../dedup/number-column.ts';
import type { SpillOptions } from '../dedup/spill-file.ts';
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

/**
 * The signatures of all rows, column by column: a byte a row in memory, and for each column no more than `spill` allows; the rest
 * lies in files.
 */
export class SignatureTable {
  readonly imageKeys: KeyColumn;
  readonly urlKeys: KeyColumn;
  readonly pageKeys: KeyColumn;
  readonly whole: LookColumns;
  readonly trimmed: LookColumns;
  /** Width × height; Infinity for vector pictures. */
  readonly pixels: NumberColumn;
  readonly textUnits: NumberColumn;
  /** Row `r` has the texts textStarts[r] .. textStarts[r + 1] - 1. */
  readonly textStarts: NumberColumn;
  readonly textKeys: KeyColumn;
  /** NaN if unknown. */
  readonly correlations: NumberColumn;
  readonly printed: NumberColumn;
  readonly spill: SpillOptions | null;
  readonly #capacity: number;
  readonly #ids: StringColumn;
  readonly #imageUrls: StringColumn;
  readonly #texts: StringColumn;
  /** Place among the sources, and a bit for rows with a picture. */
  readonly #marks: Uint8Array;
  /** Width and height of the trimmed part, as shares of the longer side: [rows, 2] */
  readonly #trimmedSizes: NumberColumn;
  readonly #vectors: ByteSpool;
  /** Place of the vector of a row, from 1; 0 for none. */
  readonly #vectorPlaces: NumberColumn;
  readonly #columns: { close(): void }[] = [];
  #vectorCount = 0;
  #dimension = 0;

  /** @param spill everything is held in memory without it */
  constructor(capacity: number, spill: SpillOptions | null = null) {
    this.#capacity = capacity;
    this.spill = spill;
    this.#marks = new Uint8Array(capacity);
    this.#ids = this.#own(new StringColumn(spill));
    this.#imageUrls = this.#own(new StringColumn(spill));
    this.#texts = this.#own(new StringColumn(spill));
    this.#vectors = this.#own(new ByteSpool(spill));
    this.#vectorPlaces = this.numbers('u32');
    this.imageKeys = this.#own(new KeyColumn(spill));
    this.urlKeys = this.#own(new KeyColumn(spill));
    this.pageKeys = this.#own(new KeyColumn(spill));
    this.textKeys = this.#own(new KeyColumn(spill));
    this.whole = this.#own(new LookColumns(spill));
    this.trimmed = this.#own(new LookColumns(spill));
    this.#trimmedSizes = this.numbers('f32');
    this.pixels = this.numbers('f64');
    this.textUnits = this.numbers('u32');
    this.textStarts = this.numbers('u32');
    this.correlations = this.numbers('f32', Number.NaN);
    this.printed = this.numbers('f32', Number.NaN);
  }

  get rows(): number {
    return this.#ids.length;
  }

  get texts(): number {
    return this.textStarts.get(this.rows);
  }

  /** A column of numbers beside those of the table, which goes with it. */
  numbers(kind: NumberKind, fill = 0): NumberColumn {
    return this.#own(new NumberColumn(kind, { fill, spill: this.spill }));
  }

  id(row: number): string {
    return this.#ids.get(row)!;
  }

  imageUrl(row: number): string | null {
    return this.#imageUrls.get(row);
  }

  source(row: number): Source {
    return SOURCES[this.#marks[row]! >>> 1]!;
  }

  hasPicture(row: number): boolean {
    return (this.#marks[row]! & 1) === 1;
  }

  trimmedWidth(row: number): number {
    return this.#trimmedSizes.get(row * 2);
  }

  trimmedHeight(row: number): number {
    return this.#trimmedSizes.get(row * 2 + 1);
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
    const place = this.#vectorPlaces.get(row);
    if (place === 0) return null;
    const bytes = this.#vectors.read((place - 1) * this.#dimension * 4, this.#dimension * 4);
    return new Float32Array(bytes.slice().buffer);
  }

  add(signature: Signature): void {
    const row = this.rows;
    if (row >= this.#capacity) throw new Error(`The table has room for ${this.#capacity} rows and is given one more.`);
    this.#ids.push(signature.id);
    this.#marks[row] = (SOURCES.indexOf(signature.source) << 1) | (signature.picture === null ? 0 : 1);
    this.#imageUrls.push(signature.imageUrl);
    this.#texts.push(signature.text ?? null);
    this.imageKeys.set(row, signature.imageKey);
    this.urlKeys.set(row, signature.urlKey);
    this.pageKeys.set(row, signature.pageKey);
    this.textUnits.set(row, signature.textUnits);
    if (signature.correlation !== undefined) this.correlations.set(row, signature.correlation);
    if (signature.printed !== undefined) this.printed.set(row, signature.printed);
    if (signature.picture !== null) {
      const { whole, trimmed, trimmedWidth, trimmedHeight, pixels } = signature.picture;
      this.whole.set(row, whole);
      this.trimmed.set(row, trimmed);
      this.#trimmedSizes.set(row * 2, trimmedWidth);
      this.#trimmedSizes.set(row * 2 + 1, trimmedHeight);
      this.pixels.set(row, pixels);
    }
    if (signature.vector !== undefined && signature.vector !== null) this.#addVector(row, signature.vector);
    const start = this.textStarts.get(row);
    for (const [at, key] of signature.textKeys.entries()) this.textKeys.set(start + at, key);
    this.textStarts.set(row + 1, start + signature.textKeys.length);
  }

  /** Removes what lies in files. */
  close(): void {
    for (const column of this.#columns) column.close();
  }

  #own<Column extends { close(): void }>(column: Column): Column {
    this.#columns.push(column);
    return column;
  }

  #addVector(row: number, vector: Float32Array): void {
    if (this.#vectorCount === 0) this.#dimension = vector.length;
    if (vector.length !== this.#dimension)
      throw new Error(`A vector has ${vector.length} numbers and those before it ${this.#dimension}.`);
    this.#vectors.append(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength));
    this.#vectorPlaces.set(row, (this.#vectorCount += 1));
  }
}
