import { createHash } from 'node:crypto';

/** Two-space JSON in which the keys of every object are sorted, so that equal values have equal bytes. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sortKeys(value), null, 2) ?? 'null';
}

/** Hexadecimal SHA-256 of the canonical JSON. */
export function canonicalHash(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  if ('toJSON' in value && typeof value.toJSON === 'function') return (value.toJSON as () => unknown)();
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sortKeys(item)]));
}

export interface Difference {
  /** Where the values part, as `image.minSide` or `sources.0.name`; empty if they differ as a whole. */
  key: string;
  before: unknown;
  after: unknown;
}

/** The first place, in the order of sorted keys, at which two JSON values differ; null if they are equal. */
export function firstDifference(before: unknown, after: unknown, key = ''): Difference | null {
  if (!isContainer(before) || !isContainer(after) || Array.isArray(before) !== Array.isArray(after)) {
    return Object.is(before, after) ? null : { key, before, after };
  }
  const left = before as Record<string, unknown>;
  const right = after as Record<string, unknown>;
  const names = [...new Set([...Object.keys(left), ...Object.keys(right)])].sort();
  for (const name of names) {
    const difference = firstDifference(left[name], right[name], key === '' ? name : `${key}.${name}`);
    if (difference !== null) return difference;
  }
  return null;
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
