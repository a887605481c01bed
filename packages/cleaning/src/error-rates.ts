import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

/** Labelled texts; as far from src as from dist. */
export const CASES_FOLDER: string = join(import.meta.dirname, '../cases');
export const CASES_EXTENSION = '.yaml';
/** What stands for a text that is to be dropped, or was. */
export const DROPPED = '(dropped)';

const casesShape = {
  /** Texts and what has to become of them; a text alone has to be dropped. */
  found: z.array(z.union([z.string(), z.tuple([z.string(), z.string()])])),
  /** Texts that look as if, and have to stay as they are. */
  kept: z.array(z.string()),
};
/** Texts of one kind. */
export const casesSchema = z.strictObject(casesShape);
/** Texts for one rule; `options` of the rule: one that has thresholds is measured with these. */
export const ruleCasesSchema = z.strictObject({ options: z.record(z.string(), z.unknown()).default({}), ...casesShape });
export type Cases = z.infer<typeof casesSchema>;

export function readCases<Read>(file: string, schema: z.ZodType<Read>): Read {
  return schema.parse(parse(readFileSync(file, 'utf8')));
}

/** A labelled text, what has to become of it and what became of it. */
export interface Case {
  input: string;
  expected: string;
  got: string;
}

interface Counts {
  /** Texts that have to be changed or dropped, and texts that have to be let be. */
  positives: number;
  negatives: number;
  /** Texts that were changed or dropped, and those of them that had to be, and just so. */
  changed: number;
  right: number;
}

/** How often labelled texts are got wrong. */
export interface ErrorRates extends Counts {
  /** Of the texts that were changed or dropped, the share that had to be, and just so. */
  precision: number;
  /** Of the texts that had to be changed or dropped, the share that was changed just so, or dropped. */
  recall: number;
  wrong: Case[];
}

/**
 * @param outcome what becomes of a text; {@link DROPPED} for one that is dropped
 * @param compared what of a text is compared: all of it, unless told otherwise
 */
export function errorRates(
  { found, kept }: Cases,
  outcome: (text: string) => string,
  compared: (text: string) => string = (text) => text,
): ErrorRates {
  const wanted = [
    ...found.map((one): [string, string] => (typeof one === 'string' ? [one, DROPPED] : one)),
    ...kept.map((text): [string, string] => [text, text]),
  ];
  const cases = wanted.map(([input, expected]) => ({ input, expected, got: outcome(input) }));
  const same = (left: string, right: string): boolean => compared(left) === compared(right);
  return ratesOf(
    {
      positives: found.length,
      negatives: kept.length,
      changed: cases.filter(({ input, got }) => !same(got, input)).length,
      right: cases.filter(({ input, expected, got }) => !same(expected, input) && same(got, expected)).length,
    },
    cases.filter(({ expected, got }) => !same(got, expected)),
  );
}

function ratesOf({ positives, negatives, changed, right }: Counts, wrong: Case[]): ErrorRates {
  return {
    positives,
    negatives,
    changed,
    right,
    precision: changed === 0 ? 1 : right / changed,
    recall: positives === 0 ? 1 : right / positives,
    wrong,
  };
}

/** Rates over several lots of texts. */
export function joinRates(lots: readonly ErrorRates[]): ErrorRates {
  const sum = (name: keyof Counts): number => lots.reduce((total, lot) => total + lot[name], 0);
  const counts = { positives: sum('positives'), negatives: sum('negatives'), changed: sum('changed'), right: sum('right') };
  return ratesOf(
    counts,
    lots.flatMap(({ wrong }) => wrong),
  );
}
