import type { SchemaElement } from 'hyparquet';
import { CONSENT_KEYS } from '../arrow-schema.ts';
import type { Pair } from '../pair.ts';

type Repetition = 'REQUIRED' | 'OPTIONAL';

const TEXT = { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } } as const;
const leaf = (name: string, repetition: Repetition, type: Partial<SchemaElement>): SchemaElement => ({
  ...type,
  name,
  repetition_type: repetition,
});
/** A group and all that is in it, in the order of a Parquet footer. `items` are its direct children. */
function group(
  name: string,
  repetition: Repetition | 'REPEATED',
  items: SchemaElement[][],
  type: Partial<SchemaElement> = {},
): SchemaElement[] {
  return [{ ...type, name, repetition_type: repetition, num_children: items.length }, ...items.flat()];
}
const list = (name: string, repetition: Repetition, element: SchemaElement[]): SchemaElement[] =>
  group(name, repetition, [group('list', 'REPEATED', [element])], { converted_type: 'LIST', logical_type: { type: 'LIST' } });

/** Columns in the order of the Arrow schema; unsigned 64 bits by converted type alone, which every reader knows. */
export const PARQUET_COLUMNS: Readonly<Record<keyof Pair, SchemaElement[]>> = {
  id: [leaf('id', 'REQUIRED', TEXT)],
  source: [leaf('source', 'REQUIRED', TEXT)],
  pageUrl: [leaf('pageUrl', 'OPTIONAL', TEXT)],
  imageUrl: [leaf('imageUrl', 'OPTIONAL', TEXT)],
  author: [leaf('author', 'OPTIONAL', TEXT)],
  texts: list(
    'texts',
    'REQUIRED',
    group('element', 'REQUIRED', [[leaf('kind', 'REQUIRED', TEXT)], [leaf('text', 'REQUIRED', TEXT)]]),
  ),
  image: [leaf('image', 'OPTIONAL', { type: 'BYTE_ARRAY' })],
  mime: [leaf('mime', 'OPTIONAL', TEXT)],
  width: [leaf('width', 'OPTIONAL', { type: 'INT32' })],
  height: [leaf('height', 'OPTIONAL', { type: 'INT32' })],
  sha256: [leaf('sha256', 'OPTIONAL', { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 32 })],
  phash: [leaf('phash', 'OPTIONAL', { type: 'INT64', converted_type: 'UINT_64' })],
  boxes: list('boxes', 'OPTIONAL', list('element', 'REQUIRED', [leaf('element', 'REQUIRED', { type: 'FLOAT' })])),
  fetchedAt: [leaf('fetchedAt', 'OPTIONAL', { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' })],
  outcome: [leaf('outcome', 'REQUIRED', TEXT)],
  consent: group(
    'consent',
    'OPTIONAL',
    CONSENT_KEYS.map((key) => [leaf(key, 'OPTIONAL', TEXT)]),
  ),
  scores: list(
    'scores',
    'REQUIRED',
    group('element', 'REQUIRED', [[leaf('name', 'REQUIRED', TEXT)], [leaf('value', 'OPTIONAL', { type: 'FLOAT' })]]),
  ),
  band: [leaf('band', 'OPTIONAL', TEXT)],
  cluster: [leaf('cluster', 'OPTIONAL', TEXT)],
};

const columns = Object.values(PARQUET_COLUMNS);

/** Schema of the Parquet files that `exportDataset` writes. */
export const PARQUET_SCHEMA: SchemaElement[] = [{ name: 'schema', num_children: columns.length }, ...columns.flat()];
