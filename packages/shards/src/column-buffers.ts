import { Buffer } from 'node:buffer';
import { makeData } from 'apache-arrow';
import type { Binary, Data, DataType, Utf8, Vector } from 'apache-arrow';

/** Which of the rows hold a value, as Arrow lays it out: one bit a row, least significant first. */
export interface Validity {
  nullCount: number;
  nullBitmap: Uint8Array;
}

export function validityOf(values: readonly unknown[]): Validity {
  const nullBitmap = new Uint8Array((values.length + 7) >> 3);
  let nullCount = 0;
  for (let row = 0; row < values.length; row += 1) {
    if (values[row] === null) nullCount += 1;
    else nullBitmap[row >> 3]! |= 1 << (row & 7);
  }
  return { nullCount, nullBitmap };
}

/** A utf8 column. Measured first and written once, since growing a buffer would copy every text twice. */
export function utf8Data(type: Utf8, values: readonly (string | null)[]): Data<Utf8> {
  const valueOffsets = new Int32Array(values.length + 1);
  let byteLength = 0;
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row]!;
    if (value !== null) byteLength += Buffer.byteLength(value);
    valueOffsets[row + 1] = byteLength;
  }
  const data = Buffer.allocUnsafeSlow(byteLength);
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row]!;
    if (value !== null) data.write(value, valueOffsets[row]!);
  }
  return makeData({ type, length: values.length, ...validityOf(values), valueOffsets, data });
}

/** A binary column. */
export function binaryData(type: Binary, values: readonly (Uint8Array | null)[]): Data<Binary> {
  const valueOffsets = new Int32Array(values.length + 1);
  for (const [row, value] of values.entries()) valueOffsets[row + 1] = valueOffsets[row]! + (value?.byteLength ?? 0);
  const data = Buffer.allocUnsafeSlow(valueOffsets[values.length]!);
  for (const [row, value] of values.entries()) {
    if (value !== null) data.set(value, valueOffsets[row]);
  }
  return makeData({ type, length: values.length, ...validityOf(values), valueOffsets, data });
}

/** A column of numbers of a fixed width; `data` has a slot for every row, null or not. */
export function fixedWidthData(
  type: DataType,
  values: readonly unknown[],
  data: Int32Array | Float32Array | BigUint64Array | BigInt64Array | Uint8Array,
): Data {
  return makeData({ type, length: values.length, ...validityOf(values), data } as Parameters<typeof makeData>[0]);
}

/** A dictionary-encoded column whose dictionary is already known. */
export function dictionaryData(
  type: DataType,
  values: readonly (string | null)[],
  codes: ReadonlyMap<string, number>,
  dictionary: Vector<Utf8>,
): Data {
  const data = Int32Array.from(values, (value) => (value === null ? 0 : codes.get(value)!));
  return makeData({ type, length: values.length, ...validityOf(values), data, dictionary } as Parameters<typeof makeData>[0]);
}

/** Offsets of a list column: row i holds children [offsets[i], offsets[i + 1]). */
export function listOffsets(lists: readonly (readonly unknown[] | null)[]): Int32Array {
  const offsets = new Int32Array(lists.length + 1);
  for (const [row, list] of lists.entries()) offsets[row + 1] = offsets[row]! + (list?.length ?? 0);
  return offsets;
}
