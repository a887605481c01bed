import { z } from 'zod';
import { FACETS, quoted } from './columns.ts';

const values = z.array(z.string().max(200)).min(1).max(100);
const bound = z.number().finite().nullable();

/** Which pairs of a dataset are meant; all conditions hold at once, none means all pairs. */
export const filterSchema: z.ZodType<Filter> = z.strictObject({
  source: values.exactOptional(),
  split: values.exactOptional(),
  outcome: values.exactOptional(),
  band: values.exactOptional(),
  /** Column to [least, most], both within; null is open. */
  ranges: z.record(z.string().max(200), z.tuple([bound, bound])).exactOptional(),
  /** Every one of these stands in a text of the pair. */
  words: z.string().max(500).exactOptional(),
  /** Pairs of one cluster of near-duplicates, the survivor among them. */
  cluster: z.string().max(100).exactOptional(),
});

export interface Filter {
  source?: string[];
  split?: string[];
  outcome?: string[];
  band?: string[];
  ranges?: Record<string, [number | null, number | null]>;
  words?: string;
  cluster?: string;
}

export interface Condition {
  /** Begins after WHERE; `true` where there is no condition. */
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

/**
 * A filter as SQL with parameters.
 * @param columns those of numbers; a range of another column is refused
 * @param except a column whose own range is left out, as for its histogram
 * @throws RangeError that names an unknown column
 */
export function conditionOf(filter: Filter, columns: ReadonlySet<string>, except?: string): Condition {
  const parts: string[] = [];
  const bound: (string | number)[] = [];
  const parameter = (value: string | number): string => `$${bound.push(value)}`;
  for (const facet of FACETS) {
    const wanted = filter[facet];
    if (wanted !== undefined && facet !== except) parts.push(`${facet} IN (${wanted.map(parameter).join(', ')})`);
  }
  for (const [column, [least, most]] of Object.entries(filter.ranges ?? {})) {
    if (!columns.has(column)) throw new RangeError(`There is no column ${column}; there are ${[...columns].join(', ')}.`);
    if (column === except) continue;
    if (least !== null) parts.push(`${quoted(column)} >= ${parameter(least)}`);
    if (most !== null) parts.push(`${quoted(column)} <= ${parameter(most)}`);
  }
  for (const word of (filter.words ?? '').toLowerCase().split(/\s+/u).filter(Boolean))
    parts.push(`contains(words, ${parameter(word)})`);
  if (filter.cluster !== undefined) {
    const cluster = parameter(filter.cluster);
    parts.push(`(cluster = ${cluster} OR id = ${cluster})`);
  }
  return { sql: parts.length === 0 ? 'true' : parts.join(' AND '), values: bound };
}
