import { Buffer } from 'node:buffer';
import { DataType } from 'apache-arrow';
import type { FieldNode } from 'apache-arrow/ipc/metadata/message';

/** A column of a record batch, or a part of a nested one: views into the memory of the batch, none of them checked. */
export interface Column {
  length: number;
  nullCount: number;
  /** One bit a row, least significant first; empty where no row is null. */
  validity: Uint8Array;
  /** Where each row's bytes or items begin, and at last where the last ones end; empty in columns of a fixed width. */
  offsets: Int32Array;
  /** What the rows hold: numbers, codes of a dictionary, texts or bytes one after the other; empty in lists and structs. */
  bytes: Uint8Array;
  children: readonly Column[];
  /** What the codes of a dictionary column stand for. */
  dictionary: readonly string[];
}

/** How many nodes and buffers a column takes (Arrow columnar format, "Buffer Listing for Each Layout"). */
export function layoutOf(type: DataType): { nodes: number; buffers: number } {
  if (DataType.isDictionary(type)) return { nodes: 1, buffers: 2 };
  let nodes = 1;
  let buffers = 1 + (hasOffsets(type) ? 1 : 0) + (hasBytes(type) ? 1 : 0);
  for (const child of type.children ?? []) {
    const layout = layoutOf(child.type);
    nodes += layout.nodes;
    buffers += layout.buffers;
  }
  return { nodes, buffers };
}

const hasOffsets = (type: DataType): boolean =>
  DataType.isUtf8(type) || DataType.isBinary(type) || DataType.isList(type) || DataType.isMap(type);

const hasBytes = (type: DataType): boolean =>
  !(DataType.isStruct(type) || DataType.isFixedSizeList(type) || DataType.isList(type) || DataType.isMap(type));

const NO_BYTES = new Uint8Array(0);
const NO_OFFSETS = new Int32Array(0);
const NO_DICTIONARY: readonly string[] = [];

/**
 * Lays columns over the body of a record batch, in which their nodes and buffers follow each other in the order of the types.
 * @param body holds the regions that `buffers` names; those of offsets begin at a multiple of 4 of the memory
 * @throws RangeError where offsets don't fit into their region
 */
export function layColumns(
  types: readonly DataType[],
  { nodes, buffers }: { nodes: readonly FieldNode[]; buffers: readonly { offset: number; length: number }[] },
  body: Uint8Array,
  dictionaries: ReadonlyMap<number, readonly string[]>,
): Column[] {
  let node = 0;
  let buffer = 0;
  const nextBytes = (): Uint8Array => {
    const { offset, length } = buffers[buffer++]!;
    return new Uint8Array(body.buffer, body.byteOffset + offset, length);
  };
  const lay = (type: DataType): Column => {
    const { length, nullCount } = nodes[node++]!;
    const isDictionary = DataType.isDictionary(type);
    const validity = nextBytes();
    const offsets = !isDictionary && hasOffsets(type) ? offsetsOf(nextBytes(), length) : NO_OFFSETS;
    const bytes = isDictionary || hasBytes(type) ? nextBytes() : NO_BYTES;
    const children = isDictionary ? [] : (type.children ?? []).map((child) => lay(child.type));
    const dictionary = isDictionary ? (dictionaries.get(type.id) ?? NO_DICTIONARY) : NO_DICTIONARY;
    return { length, nullCount, validity, offsets, bytes, children, dictionary };
  };
  return types.map(lay);
}

/** A column without rows may have no offsets at all. */
const offsetsOf = ({ buffer, byteOffset, byteLength }: Uint8Array, length: number): Int32Array => {
  if (length === 0) return NO_OFFSETS;
  if (byteLength < (length + 1) * 4) throw new RangeError(`${byteLength} bytes hold fewer than ${length + 1} offsets`);
  return new Int32Array(buffer, byteOffset, length + 1);
};

/**
 * A column's offsets, if none falls or lies beyond `end`: one that does would make a row read another's bytes.
 * @throws RangeError
 */
export function checkedOffsets({ length, offsets }: Column, end: number): Int32Array {
  if (length === 0) return offsets;
  for (let row = 0; row <= length; row += 1) {
    const offset = offsets[row]!;
    if (offset < (row === 0 ? 0 : offsets[row - 1]!) || offset > end)
      throw new RangeError(`an offset (${offset}) lies outside the ${end} of its column`);
  }
  return offsets;
}

/** Reads the texts of a utf8 column, row by row. @throws RangeError */
export function utf8Reader(column: Column): (row: number) => string {
  const offsets = checkedOffsets(column, column.bytes.byteLength);
  const bytes = Buffer.from(column.bytes.buffer, column.bytes.byteOffset, column.bytes.byteLength);
  return (row) => bytes.toString('utf8', offsets[row], offsets[row + 1]);
}
