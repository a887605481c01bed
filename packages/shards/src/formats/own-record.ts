import { CONSENT_KEYS, SCHEMA_NAME } from '../arrow-schema.ts';
import type { Consent, Outcome, Pair, PairText } from '../pair.ts';

/** A row as JSON, without the picture: what lies beside a picture in a tar or a folder. */
export function ownRecord(pair: Pair): Record<string, unknown> {
  const { image: _, sha256, phash, ...rest } = pair;
  return {
    schema: SCHEMA_NAME,
    ...rest,
    sha256: sha256 === null ? null : Buffer.from(sha256).toString('hex'),
    phash: phash === null ? null : phash.toString(16).padStart(16, '0'),
  };
}

/** Whether a record is a row that this package wrote. */
export function isOwnRecord(record: Readonly<Record<string, unknown>>): boolean {
  return (
    typeof record['id'] === 'string' &&
    typeof record['source'] === 'string' &&
    typeof record['outcome'] === 'string' &&
    Array.isArray(record['texts'])
  );
}

/**
 * The row that a record of JSON or Parquet stands for, without the picture.
 * @throws TypeError naming the field that doesn't hold what it should
 */
export function pairOfRecord(record: Readonly<Record<string, unknown>>): Omit<Pair, 'image'> {
  const text = (key: string): string | null => optional(record, key, 'string') as string | null;
  const number = (key: string): number | null => optional(record, key, 'number') as number | null;
  return {
    id: text('id') ?? '',
    source: record['source'] as Pair['source'],
    outcome: record['outcome'] as Outcome,
    pageUrl: text('pageUrl'),
    imageUrl: text('imageUrl'),
    author: text('author'),
    texts: list(record, 'texts').map((item) => {
      const { kind, text: value } = item as PairText;
      if (typeof kind !== 'string' || typeof value !== 'string') throw new TypeError('texts holds what is no text');
      return { kind, text: value };
    }),
    mime: text('mime'),
    width: number('width'),
    height: number('height'),
    sha256: digest(record['sha256']),
    phash: hash(record['phash']),
    boxes: absent(record['boxes']) ? null : list(record, 'boxes').map(box),
    fetchedAt: number('fetchedAt'),
    consent: consent(record['consent']),
    scores: scores(record['scores']),
    band: text('band') as Pair['band'],
    cluster: text('cluster'),
  };
}

const absent = (value: unknown): value is null | undefined => value === null || value === undefined;

function optional(record: Readonly<Record<string, unknown>>, key: string, type: 'string' | 'number'): unknown {
  const value = record[key];
  if (absent(value)) return null;
  if (typeof value !== type) throw new TypeError(`${key} holds a ${typeof value} instead of a ${type}`);
  return value;
}

function list(record: Readonly<Record<string, unknown>>, key: string): unknown[] {
  const value = record[key];
  if (!Array.isArray(value)) throw new TypeError(`${key} holds no list`);
  return value;
}

function digest(value: unknown): Uint8Array | null {
  if (absent(value)) return null;
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)) return new Uint8Array(Buffer.from(value, 'hex'));
  throw new TypeError('sha256 holds no hash');
}

function hash(value: unknown): bigint | null {
  if (absent(value)) return null;
  if (typeof value === 'bigint') return BigInt.asUintN(64, value);
  if (typeof value === 'string' && /^[0-9a-f]{1,16}$/.test(value)) return BigInt(`0x${value}`);
  throw new TypeError('phash holds no hash');
}

function box(value: unknown): [number, number, number, number] {
  if (!Array.isArray(value) || value.length !== 4 || !value.every((side) => typeof side === 'number')) {
    throw new TypeError('boxes holds what is no box');
  }
  return value as [number, number, number, number];
}

function consent(value: unknown): Consent | null {
  if (absent(value)) return null;
  if (typeof value !== 'object') throw new TypeError('consent holds no object');
  return Object.fromEntries(
    CONSENT_KEYS.map((key) => [key, optional(value as Record<string, unknown>, key, 'string')]),
  ) as unknown as Consent;
}

function scores(value: unknown): Record<string, number> {
  if (absent(value)) return {};
  if (typeof value !== 'object') throw new TypeError('scores holds no object');
  // JSON and Parquet of version 1 have an object or a map, later Parquet a list of names and values.
  const entries = Array.isArray(value)
    ? value.map(({ name, value: score }: { name: unknown; value: unknown }) => [name, score])
    : Object.entries(value);
  return Object.fromEntries(entries.filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
}
