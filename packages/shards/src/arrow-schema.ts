import {
  Binary,
  Dictionary,
  Field,
  FixedSizeBinary,
  FixedSizeList,
  Float32,
  Int32,
  List,
  Map_,
  Schema,
  Struct,
  Timestamp,
  TimeUnit,
  Uint64,
  Utf8,
} from 'apache-arrow';
import type { Pair } from './pair.ts';

/**
 * Name and version of the row's schema, as the manifest states it. Version 1, which is read as well, has no `author`, and a
 * map for `scores`, which Hugging Face's `datasets` has no type for.
 */
export const SCHEMA_NAME = 'wenlan-pair/2';

/** Ids by which an Arrow file joins a dictionary to the columns that use it. */
export const DICTIONARY_IDS = { source: 0, textKind: 1, outcome: 2, band: 3 } as const;

const dictionary = (id: number): Dictionary<Utf8, Int32> => new Dictionary(new Utf8(), new Int32(), id);
const field = (name: string, type: ConstructorParameters<typeof Field>[1], nullable = true): Field =>
  new Field(name, type, nullable);

export const TEXT_TYPE: Struct = new Struct([field('kind', dictionary(DICTIONARY_IDS.textKind)), field('text', new Utf8())]);
export const BOX_TYPE: FixedSizeList<Float32> = new FixedSizeList(4, new Field('item', new Float32(), true));
export const SCORE_TYPE: Struct<{ name: Utf8; value: Float32 }> = new Struct([
  new Field('name', new Utf8(), false),
  new Field('value', new Float32(), true),
]);
export const CONSENT_KEYS = ['robots', 'xRobotsTag', 'tdm', 'license'] as const;

const FIELDS: Record<keyof Pair, Field> = {
  id: field('id', new Utf8(), false),
  source: field('source', dictionary(DICTIONARY_IDS.source), false),
  pageUrl: field('pageUrl', new Utf8()),
  imageUrl: field('imageUrl', new Utf8()),
  author: field('author', new Utf8()),
  texts: field('texts', new List(new Field('item', TEXT_TYPE, true))),
  image: field('image', new Binary()),
  mime: field('mime', new Utf8()),
  width: field('width', new Int32()),
  height: field('height', new Int32()),
  sha256: field('sha256', new FixedSizeBinary(32)),
  phash: field('phash', new Uint64()),
  boxes: field('boxes', new List(new Field('item', BOX_TYPE, true))),
  fetchedAt: field('fetchedAt', new Timestamp(TimeUnit.MILLISECOND, 'UTC')),
  outcome: field('outcome', dictionary(DICTIONARY_IDS.outcome), false),
  consent: field('consent', new Struct(CONSENT_KEYS.map((key) => field(key, new Utf8())))),
  scores: field('scores', new List(new Field('item', SCORE_TYPE, true))),
  band: field('band', dictionary(DICTIONARY_IDS.band)),
  cluster: field('cluster', new Utf8()),
};

export const COLUMNS: readonly (keyof Pair)[] = Object.keys(FIELDS) as (keyof Pair)[];

const SCORES_OF_VERSION_1 = new Map_(
  new Field(
    'entries',
    new Struct<{ key: Utf8; value: Float32 }>([new Field('key', new Utf8(), false), new Field('value', new Float32(), true)]),
    false,
  ),
);

/** How a column may be laid out in a shard, the present way first. Nothing else may be there under its name. */
export const COLUMN_TYPES: ReadonlyMap<string, readonly string[]> = new Map(
  Object.values(FIELDS).map(({ name, type }) => [
    name,
    name === 'scores' ? [String(type), String(SCORES_OF_VERSION_1)] : [String(type)],
  ]),
);

/** One column for each field of a {@link Pair}, in the order in which they lie in a shard. */
export const PAIR_SCHEMA: Schema = new Schema(Object.values(FIELDS));
