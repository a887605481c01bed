import { join } from 'node:path';
import { SpillFile } from '../dedup/spill-file.ts';
import { COLOR_BYTES } from '../image/color-signature.ts';
import type { ReduceColumns, Reduction } from './reduction.ts';

const CHUNK_BYTES = 1 << 20;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The files of columns that a reduction looks into, by name. */
export function columnFilesOf(reduction: Reduction): string[] {
  switch (reduction.kind) {
    case 'similar-texts':
      return ['texts', 'text-ends'];
    case 'similar-vectors':
      return ['vectors'];
    case 'similar-pictures':
      return reduction.options.look === 'whole' ? ['whole'] : ['trimmed', 'sizes'];
    default:
      return [];
  }
}

/** The bytes of such a file, in order. */
export async function* columnBytes(name: string, columns: ReduceColumns): AsyncGenerator<Uint8Array, void, undefined> {
  let pending: Uint8Array[] = [];
  let length = 0;
  for (const bytes of items(name, columns)) {
    pending.push(bytes);
    length += bytes.byteLength;
    if (length < CHUNK_BYTES) continue;
    yield Buffer.concat(pending);
    [pending, length] = [[], 0];
  }
  yield Buffer.concat(pending);
}

function* items(name: string, columns: ReduceColumns): Generator<Uint8Array, void, undefined> {
  let end = 0;
  const dimension = name === 'vectors' ? dimensionOf(columns) : 0;
  for (let item = 0; item < columns.rows; item += 1) {
    if (name === 'texts') yield encoder.encode(columns.text(item) ?? '');
    else if (name === 'text-ends') {
      end += Buffer.byteLength(columns.text(item) ?? '');
      yield new Uint8Array(Float64Array.of(end).buffer);
    } else if (name === 'vectors') {
      // Items without a vector hold the place of one.
      yield new Uint8Array((columns.vector(item) ?? new Float32Array(dimension)).slice().buffer);
    } else if (name === 'sizes') {
      yield new Uint8Array(Float32Array.of(columns.trimmedWidth(item), columns.trimmedHeight(item)).buffer);
    } else {
      const look = name === 'whole' ? columns.whole : columns.trimmed;
      yield columns.hasPicture(item) ? look.colorsOf(item).slice() : new Uint8Array(COLOR_BYTES);
    }
  }
}

function dimensionOf(columns: ReduceColumns): number {
  for (let item = 0; item < columns.rows; item += 1) {
    const found = columns.vector(item);
    if (found !== null) return found.length;
  }
  return 0;
}

/** Columns that another process has laid down, read item by item. */
export class ColumnFiles implements ReduceColumns {
  readonly rows: number;
  readonly #folder: string;
  readonly #files = new Map<string, SpillFile>();

  /** @param folder of this machine */
  constructor(folder: string, rows: number) {
    this.#folder = folder;
    this.rows = rows;
  }

  readonly whole = { colorsOf: (item: number): Uint8Array => this.#read('whole', item * COLOR_BYTES, COLOR_BYTES) };
  readonly trimmed = { colorsOf: (item: number): Uint8Array => this.#read('trimmed', item * COLOR_BYTES, COLOR_BYTES) };

  text(item: number): string {
    const [start, end] = item === 0 ? [0, this.#end(0)] : [this.#end(item - 1), this.#end(item)];
    return decoder.decode(this.#read('texts', start, end - start));
  }

  vector(item: number): Float32Array {
    const bytes = this.#file('vectors').size / this.rows;
    return new Float32Array(this.#read('vectors', item * bytes, bytes).buffer);
  }

  /** Records name no others. */
  hasPicture(): boolean {
    return true;
  }

  trimmedWidth(item: number): number {
    return new Float32Array(this.#read('sizes', item * 8, 4).buffer)[0]!;
  }

  trimmedHeight(item: number): number {
    return new Float32Array(this.#read('sizes', item * 8 + 4, 4).buffer)[0]!;
  }

  close(): void {
    for (const file of this.#files.values()) file.close();
  }

  #end(item: number): number {
    return new Float64Array(this.#read('text-ends', item * 8, 8).buffer)[0]!;
  }

  #read(name: string, position: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    this.#file(name).read(bytes, position);
    return bytes;
  }

  #file(name: string): SpillFile {
    let file = this.#files.get(name);
    if (file === undefined) this.#files.set(name, (file = SpillFile.open(join(this.#folder, name))));
    return file;
  }
}
