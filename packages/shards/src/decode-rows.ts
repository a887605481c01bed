import { Buffer } from 'node:buffer';
import type { Data, RecordBatch, Vector } from 'apache-arrow';
import { CONSENT_KEYS } from './arrow-schema.ts';
import { emptyPair } from './empty-pair.ts';
import type { Consent, Pair, PairText } from './pair.ts';

/**
 * The rows of a record batch. Columns that the batch lacks come out as null or empty; pictures are views into the batch's
 * memory, not copies.
 * @param rows which rows; all by default
 * @throws RangeError where an offset points outside its buffer, as in a damaged shard
 */
export function decodeRows(batch: RecordBatch, rows?: readonly number[]): Pair[] {
  const wanted = rows ?? Array.from({ length: batch.numRows }, (_, row) => row);
  const pairs = wanted.map(() => emptyPair({ id: '', source: 'web', outcome: 'ok' }));
  for (const [index, { name }] of batch.schema.fields.entries()) {
    const decoder = DECODERS[name as keyof Pair] as ColumnDecoder<unknown> | undefined;
    if (decoder === undefined) continue;
    const read = decoder(batch.data.children[index]!);
    for (const [position, row] of wanted.entries()) (pairs[position] as unknown as Record<string, unknown>)[name] = read(row);
  }
  return pairs;
}

type ReadRow<Value> = (row: number) => Value;
type ColumnDecoder<Value> = (data: Data) => ReadRow<Value>;

const isNull = (data: Data, row: number): boolean =>
  data.nullCount > 0 && (data.nullBitmap[(row + data.offset) >> 3]! & (1 << ((row + data.offset) & 7))) === 0;

const nullable =
  <Value>(decoder: ColumnDecoder<Value>): ColumnDecoder<Value | null> =>
  (data) => {
    const read = decoder(data);
    return (row) => (isNull(data, row) ? null : read(row));
  };

/** Offsets that fall, or that end outside their buffer, would make one row read another's bytes. */
function checkedOffsets(data: Data, end: number): Int32Array {
  const offsets = data.valueOffsets as Int32Array;
  if (data.length === 0) return offsets;
  for (let row = 0; row <= data.length; row += 1) {
    const offset = offsets[row] ?? -1;
    if (offset < (row === 0 ? 0 : offsets[row - 1]!) || offset > end) {
      throw new RangeError(`an offset (${offset}) lies outside the ${end} of its column`);
    }
  }
  return offsets;
}

const decodeUtf8: ColumnDecoder<string> = (data) => {
  const values = data.values as Uint8Array;
  const offsets = checkedOffsets(data, values.byteLength);
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return (row) => bytes.toString('utf8', offsets[row], offsets[row + 1]);
};

const decodeBinary: ColumnDecoder<Uint8Array> = (data) => {
  const values = data.values as Uint8Array;
  const offsets = checkedOffsets(data, values.byteLength);
  return (row) => values.subarray(offsets[row], offsets[row + 1]);
};

const decodeDictionary: ColumnDecoder<string> = (data) => {
  const codes = data.values as Int32Array;
  const dictionary = valuesOf(data.dictionary as Vector);
  return (row) => {
    const value = dictionary[codes[row]!];
    if (value === undefined)
      throw new RangeError(`a dictionary code (${codes[row]}) lies outside the ${dictionary.length} values`);
    return value;
  };
};

/** Batches of a shard share their dictionaries, so each is decoded once. */
const decodedDictionaries = new WeakMap<Vector, readonly string[]>();

function valuesOf(dictionary: Vector): readonly string[] {
  let values = decodedDictionaries.get(dictionary);
  if (values === undefined) {
    values = [...dictionary] as string[];
    decodedDictionaries.set(dictionary, values);
  }
  return values;
}

const decodeInt32: ColumnDecoder<number> = (data) => (row) => (data.values as Int32Array)[row]!;

const decodeDigest: ColumnDecoder<Uint8Array> = (data) => (row) => (data.values as Uint8Array).slice(row * 32, row * 32 + 32);

const decodeUint64: ColumnDecoder<bigint> = (data) => (row) => (data.values as BigUint64Array)[row]!;

const decodeMilliseconds: ColumnDecoder<number> = (data) => (row) => Number((data.values as BigInt64Array)[row]!);

const decodeTexts: ColumnDecoder<PairText[]> = (data) => {
  const items = data.children[0]!;
  const offsets = checkedOffsets(data, items.length);
  const kind = decodeDictionary(items.children[0]!) as ReadRow<PairText['kind']>;
  const text = decodeUtf8(items.children[1]!);
  return (row) => range(offsets, row, (item) => ({ kind: kind(item), text: text(item) }));
};

const decodeBoxes: ColumnDecoder<[number, number, number, number][]> = (data) => {
  const offsets = checkedOffsets(data, data.children[0]!.length);
  const sides = data.children[0]!.children[0]!.values as Float32Array;
  return (row) => range(offsets, row, (item) => [...sides.subarray(item * 4, item * 4 + 4)] as [number, number, number, number]);
};

/** A list of names and values, or the map of version 1, which lies in memory as the list does. */
const decodeScores: ColumnDecoder<Record<string, number>> = (data) => {
  const entries = data.children[0]!;
  const offsets = checkedOffsets(data, entries.length);
  const name = decodeUtf8(entries.children[0]!);
  const values = entries.children[1]!.values as Float32Array;
  return (row) => Object.fromEntries(range(offsets, row, (item) => [name(item), values[item]!]));
};

const decodeConsent: ColumnDecoder<Consent> = (data) => {
  const reads = CONSENT_KEYS.map((key, index) => [key, nullable(decodeUtf8)(data.children[index]!)] as const);
  return (row) => Object.fromEntries(reads.map(([key, read]) => [key, read(row)])) as unknown as Consent;
};

function range<Value>(offsets: Int32Array, row: number, read: ReadRow<Value>): Value[] {
  const values: Value[] = [];
  for (let item = offsets[row]!; item < offsets[row + 1]!; item += 1) values.push(read(item));
  return values;
}

const DECODERS: Record<keyof Pair, ColumnDecoder<unknown>> = {
  id: decodeUtf8,
  source: decodeDictionary,
  pageUrl: nullable(decodeUtf8),
  imageUrl: nullable(decodeUtf8),
  author: nullable(decodeUtf8),
  texts: decodeTexts,
  image: nullable(decodeBinary),
  mime: nullable(decodeUtf8),
  width: nullable(decodeInt32),
  height: nullable(decodeInt32),
  sha256: nullable(decodeDigest),
  phash: nullable(decodeUint64),
  boxes: nullable(decodeBoxes),
  fetchedAt: nullable(decodeMilliseconds),
  outcome: decodeDictionary,
  consent: nullable(decodeConsent),
  scores: decodeScores,
  band: nullable(decodeDictionary),
  cluster: nullable(decodeUtf8),
};
