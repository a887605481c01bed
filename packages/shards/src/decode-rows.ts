import { CONSENT_KEYS } from './arrow-schema.ts';
import { checkedOffsets, utf8Reader } from './column.ts';
import type { Column } from './column.ts';
import type { Consent, Pair, PairText } from './pair.ts';
import type { BatchColumns } from './shard-reader.ts';

/**
 * The rows of a record batch. Columns that the batch lacks come out as null or empty; pictures are views into the batch's
 * memory, not copies.
 * @param rows which rows; all by default
 * @throws RangeError where an offset points outside its buffer, as in a damaged shard
 */
export function decodeRows(batch: BatchColumns, rows?: readonly number[]): Pair[] {
  const reader = <Value>(name: keyof Pair, decode: ColumnDecoder<Value>, absent: ReadRow<Value>): ReadRow<Value> => {
    const column = batch.columns.get(name);
    return column === undefined ? absent : decode(column);
  };
  const orNull = <Value>(name: keyof Pair, decode: ColumnDecoder<Value>): ReadRow<Value | null> =>
    reader(name, nullable(decode), () => null);

  const id = reader('id', utf8Reader, () => '');
  const source = reader('source', decodeDictionary, () => 'web') as ReadRow<Pair['source']>;
  const pageUrl = orNull('pageUrl', utf8Reader);
  const imageUrl = orNull('imageUrl', utf8Reader);
  const author = orNull('author', utf8Reader);
  const texts = reader('texts', decodeTexts, () => []);
  const image = orNull('image', decodeBinary);
  const mime = orNull('mime', utf8Reader);
  const width = orNull('width', decodeInt32);
  const height = orNull('height', decodeInt32);
  const sha256 = orNull('sha256', decodeDigest);
  const phash = orNull('phash', decodeUint64);
  const boxes = orNull('boxes', decodeBoxes);
  const fetchedAt = orNull('fetchedAt', decodeMilliseconds);
  const outcome = reader('outcome', decodeDictionary, () => 'ok') as ReadRow<Pair['outcome']>;
  const consent = orNull('consent', decodeConsent);
  const scores = reader('scores', decodeScores, () => ({}));
  const band = orNull('band', decodeDictionary) as ReadRow<Pair['band']>;
  const cluster = orNull('cluster', utf8Reader);

  const decode = (row: number): Pair => ({
    id: id(row),
    source: source(row),
    pageUrl: pageUrl(row),
    imageUrl: imageUrl(row),
    author: author(row),
    texts: texts(row),
    image: image(row),
    mime: mime(row),
    width: width(row),
    height: height(row),
    sha256: sha256(row),
    phash: phash(row),
    boxes: boxes(row),
    fetchedAt: fetchedAt(row),
    outcome: outcome(row),
    consent: consent(row),
    scores: scores(row),
    band: band(row),
    cluster: cluster(row),
  });
  if (rows !== undefined) return rows.map(decode);
  const pairs: Pair[] = [];
  for (let row = 0; row < batch.rows; row += 1) pairs.push(decode(row));
  return pairs;
}

type ReadRow<Value> = (row: number) => Value;
type ColumnDecoder<Value> = (column: Column) => ReadRow<Value>;

const nullable =
  <Value>(decode: ColumnDecoder<Value>): ColumnDecoder<Value | null> =>
  (column) => {
    const read = decode(column);
    if (column.nullCount === 0) return read;
    const { validity } = column;
    return (row) => ((validity[row >> 3]! & (1 << (row & 7))) === 0 ? null : read(row));
  };

const decodeBinary: ColumnDecoder<Uint8Array> = (column) => {
  const { bytes } = column;
  const offsets = checkedOffsets(column, bytes.byteLength);
  return (row) => bytes.subarray(offsets[row], offsets[row + 1]);
};

const decodeDictionary: ColumnDecoder<string> = (column) => {
  const codes = int32(column);
  const { dictionary } = column;
  return (row) => {
    const value = dictionary[codes[row]!];
    if (value === undefined)
      throw new RangeError(`a dictionary code (${codes[row]}) lies outside the ${dictionary.length} values`);
    return value;
  };
};

const decodeInt32: ColumnDecoder<number> = (column) => {
  const values = int32(column);
  return (row) => values[row]!;
};

const decodeDigest: ColumnDecoder<Uint8Array> = ({ bytes, length }) => {
  refuseShort(bytes, length * 32);
  return (row) => new Uint8Array(bytes.subarray(row * 32, row * 32 + 32));
};

const decodeUint64: ColumnDecoder<bigint> = ({ bytes, length }) => {
  refuseShort(bytes, length * 8);
  const values = new BigUint64Array(bytes.buffer, bytes.byteOffset, length);
  return (row) => values[row]!;
};

const decodeMilliseconds: ColumnDecoder<number> = ({ bytes, length }) => {
  refuseShort(bytes, length * 8);
  const values = new BigInt64Array(bytes.buffer, bytes.byteOffset, length);
  return (row) => Number(values[row]!);
};

const decodeTexts: ColumnDecoder<PairText[]> = (column) => {
  const items = column.children[0]!;
  const offsets = checkedOffsets(column, items.length);
  const kind = decodeDictionary(items.children[0]!) as ReadRow<PairText['kind']>;
  const text = utf8Reader(items.children[1]!);
  return (row) => range(offsets, row, (item) => ({ kind: kind(item), text: text(item) }));
};

const decodeBoxes: ColumnDecoder<[number, number, number, number][]> = (column) => {
  const items = column.children[0]!;
  const offsets = checkedOffsets(column, items.length);
  const sides = float32(items.children[0]!);
  return (row) => range(offsets, row, (item) => [...sides.subarray(item * 4, item * 4 + 4)] as [number, number, number, number]);
};

/** A list of names and values, or the map of version 1, which lies in memory as the list does. */
const decodeScores: ColumnDecoder<Record<string, number>> = (column) => {
  const entries = column.children[0]!;
  const offsets = checkedOffsets(column, entries.length);
  const name = utf8Reader(entries.children[0]!);
  const values = float32(entries.children[1]!);
  return (row) => Object.fromEntries(range(offsets, row, (item) => [name(item), values[item]!]));
};

const decodeConsent: ColumnDecoder<Consent> = (column) => {
  const reads = CONSENT_KEYS.map((key, index) => [key, nullable(utf8Reader)(column.children[index]!)] as const);
  return (row) => Object.fromEntries(reads.map(([key, read]) => [key, read(row)])) as unknown as Consent;
};

function range<Value>(offsets: Int32Array, row: number, read: ReadRow<Value>): Value[] {
  const values: Value[] = [];
  for (let item = offsets[row]!; item < offsets[row + 1]!; item += 1) values.push(read(item));
  return values;
}

function int32({ bytes, length }: Column): Int32Array {
  refuseShort(bytes, length * 4);
  return new Int32Array(bytes.buffer, bytes.byteOffset, length);
}

function float32({ bytes, length }: Column): Float32Array {
  refuseShort(bytes, length * 4);
  return new Float32Array(bytes.buffer, bytes.byteOffset, length);
}

/** Otherwise the last rows would be read from the column that lies behind in memory. */
function refuseShort({ byteLength }: Uint8Array, wanted: number): void {
  if (byteLength < wanted) throw new RangeError(`a column has ${byteLength} bytes instead of ${wanted}`);
}
