import { makeData, RecordBatch, Struct, Vector } from 'apache-arrow';
import type { Data, DataType, Utf8 } from 'apache-arrow';
import { BOX_TYPE, CONSENT_KEYS, PAIR_SCHEMA, SCORE_TYPE, TEXT_TYPE } from './arrow-schema.ts';
import { binaryData, dictionaryData, fixedWidthData, listOffsets, utf8Data, validityOf } from './column-buffers.ts';
import { BANDS, SOURCES, TEXT_KINDS } from './pair.ts';
import type { Pair } from './pair.ts';

interface Encoding {
  codes: ReadonlyMap<string, number>;
  dictionary: Vector<Utf8>;
}

/** The dictionaries of one shard. An Arrow file allows one of each, so they are known before its first batch is written. */
export interface ShardDictionaries {
  source: Encoding;
  textKind: Encoding;
  outcome: Encoding;
  band: Encoding;
}

const utf8Type = PAIR_SCHEMA.fields[0]!.type as Utf8;
const typeOf = new Map<string, DataType>(PAIR_SCHEMA.fields.map(({ name, type }) => [name, type]));

/** Closed sets are written whole; outcomes, which carry rule names and ids, in the order in which they are first seen. */
export function shardDictionaries(rows: readonly Pair[]): ShardDictionaries {
  return {
    source: encodingOf(SOURCES),
    textKind: encodingOf(TEXT_KINDS),
    outcome: encodingOf(new Set(rows.map(({ outcome }) => outcome))),
    band: encodingOf(BANDS),
  };
}

function encodingOf(values: Iterable<string>): Encoding {
  const list = [...values];
  return { codes: new Map(list.map((value, code) => [value, code])), dictionary: new Vector([utf8Data(utf8Type, list)]) };
}

/** One Arrow record batch of the rows. */
export function encodeRows(rows: readonly Pair[], dictionaries: ShardDictionaries): RecordBatch {
  const column = <Key extends keyof Pair>(key: Key): Pair[Key][] => rows.map((row) => row[key]);
  const coded = (name: string, values: (string | null)[], { codes, dictionary }: Encoding): Data =>
    dictionaryData(typeOf.get(name)!, values, codes, dictionary);
  const text = (values: (string | null)[]): Data => utf8Data(utf8Type, values);
  const integers = (name: 'width' | 'height'): Data =>
    fixedWidthData(
      typeOf.get(name)!,
      column(name),
      Int32Array.from(column(name), (value) => value ?? 0),
    );

  const columns: Record<keyof Pair, Data> = {
    id: text(column('id')),
    source: coded('source', column('source'), dictionaries.source),
    pageUrl: text(column('pageUrl')),
    imageUrl: text(column('imageUrl')),
    author: text(column('author')),
    texts: encodeTexts(column('texts'), dictionaries.textKind),
    image: binaryData(typeOf.get('image') as Parameters<typeof binaryData>[0], column('image')),
    mime: text(column('mime')),
    width: integers('width'),
    height: integers('height'),
    sha256: fixedWidthData(typeOf.get('sha256')!, column('sha256'), packDigests(column('sha256'))),
    phash: fixedWidthData(
      typeOf.get('phash')!,
      column('phash'),
      BigUint64Array.from(column('phash'), (value) => value ?? 0n),
    ),
    boxes: encodeBoxes(column('boxes')),
    fetchedAt: fixedWidthData(
      typeOf.get('fetchedAt')!,
      column('fetchedAt'),
      BigInt64Array.from(column('fetchedAt'), (value) => BigInt(value ?? 0)),
    ),
    outcome: coded('outcome', column('outcome'), dictionaries.outcome),
    consent: encodeConsent(column('consent')),
    scores: encodeScores(column('scores')),
    band: coded('band', column('band'), dictionaries.band),
    cluster: text(column('cluster')),
  };
  const children = PAIR_SCHEMA.fields.map(({ name }) => columns[name as keyof Pair]);
  return new RecordBatch(
    PAIR_SCHEMA,
    makeData({ type: new Struct(PAIR_SCHEMA.fields), length: rows.length, nullCount: 0, children }),
  );
}

function encodeTexts(texts: Pair['texts'][], { codes, dictionary }: Encoding): Data {
  const all = texts.flat();
  const kinds = all.map(({ kind }) => kind);
  const items = makeData({
    type: TEXT_TYPE,
    length: all.length,
    nullCount: 0,
    children: [
      dictionaryData(TEXT_TYPE.children[0]!.type, kinds, codes, dictionary),
      utf8Data(
        utf8Type,
        all.map(({ text }) => text),
      ),
    ],
  });
  return listData('texts', texts, items);
}

function encodeBoxes(boxes: Pair['boxes'][]): Data {
  const all = boxes.flatMap((list) => list ?? []);
  const sides = all.flat();
  const items = makeData({
    type: BOX_TYPE,
    length: all.length,
    nullCount: 0,
    child: fixedWidthData(BOX_TYPE.children[0]!.type, sides, Float32Array.from(sides)),
  } as Parameters<typeof makeData>[0]);
  return listData('boxes', boxes, items);
}

/** Keys are sorted, so that equal scores have equal bytes whatever the order in which rules computed them. */
function encodeScores(scores: Pair['scores'][]): Data {
  const lists = scores.map((record) => Object.entries(record).sort(([left], [right]) => (left < right ? -1 : 1)));
  const all = lists.flat();
  const values = all.map(([, value]) => value);
  const entries = makeData({
    type: SCORE_TYPE,
    length: all.length,
    nullCount: 0,
    children: [
      utf8Data(
        utf8Type,
        all.map(([name]) => name),
      ),
      fixedWidthData(SCORE_TYPE.children[1]!.type, values, Float32Array.from(values)),
    ],
  });
  return listData('scores', lists, entries);
}

function encodeConsent(consents: Pair['consent'][]): Data {
  return makeData({
    type: typeOf.get('consent') as Struct,
    length: consents.length,
    ...validityOf(consents),
    children: CONSENT_KEYS.map((key) =>
      utf8Data(
        utf8Type,
        consents.map((consent) => consent?.[key] ?? null),
      ),
    ),
  });
}

function listData(name: keyof Pair, lists: readonly (readonly unknown[] | null)[], child: Data): Data {
  return makeData({
    type: typeOf.get(name)!,
    length: lists.length,
    ...validityOf(lists),
    valueOffsets: listOffsets(lists),
    child,
  } as Parameters<typeof makeData>[0]);
}

function packDigests(digests: readonly (Uint8Array | null)[]): Uint8Array {
  const packed = new Uint8Array(digests.length * 32);
  for (const [row, digest] of digests.entries()) if (digest !== null) packed.set(digest, row * 32);
  return packed;
}
