import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { RewriteRule, TextContext, TextRule } from './rule.ts';
import { ruleNamed } from './rules/rule-table.ts';

// As far from src as from dist.
const FOLDER = join(import.meta.dirname, '../cases');
const EXTENSION = '.yaml';
/** Captions that no rule on words, marks or data may touch. */
const ORDINARY = 'ordinary';

const casesSchema = z.strictObject({
  /** Options of the rule; a rule that has thresholds is measured with these. */
  options: z.record(z.string(), z.unknown()).default({}),
  /** Of a rule that rewrites: texts and what has to become of them. Of one that judges: texts that it has to drop. */
  found: z.array(z.union([z.string(), z.tuple([z.string(), z.string()])])),
  /** Texts that look as if, and have to stay as they are. */
  kept: z.array(z.string()),
});
type Cases = z.infer<typeof casesSchema>;

/** How often a rule errs on labelled texts. */
export interface ErrorRates {
  /** Texts that the rule has to change or drop, and texts that it has to let be. */
  positives: number;
  negatives: number;
  /** Of the texts that it changed or dropped, the share that had to be, and just so. */
  precision: number;
  /** Of the texts that it had to change or drop, the share that it changed just so, or dropped. */
  recall: number;
  wrong: { input: string; expected: string; got: string }[];
}

export interface RuleErrors extends ErrorRates {
  rule: string;
  /** On texts that were written before the rule was tried, and that it was not tuned on; null where there are none. */
  heldOut: ErrorRates | null;
}

/** Runs every rule that has labelled texts (`cases/RULE.yaml`, `cases/held-out/RULE.yaml`) over them. */
export function measureErrors(): RuleErrors[] {
  const ordinary = readCases(join(FOLDER, ORDINARY + EXTENSION)).kept;
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(EXTENSION) && file !== ORDINARY + EXTENSION)
    .sort()
    .map((file) => {
      const rule = file.slice(0, -EXTENSION.length);
      const cases = readCases(join(FOLDER, file));
      const heldOutFile = join(FOLDER, 'held-out', file);
      const heldOut = existsSync(heldOutFile) ? errorsOf(rule, readCases(heldOutFile)) : null;
      return { rule, ...errorsOf(rule, { ...cases, kept: [...cases.kept, ...ordinary] }), heldOut };
    });
}

const readCases = (file: string): Cases => casesSchema.parse(parse(readFileSync(file, 'utf8')));

const CONTEXT: TextContext = { kind: 'post', source: 'weibo' };
/** What stands for a text that a judging rule drops, beside which nothing can be written. */
const DROPPED = '(dropped)';

function errorsOf(name: string, { options: given, found, kept }: Cases): ErrorRates {
  const rule = ruleNamed(name) as RewriteRule<never> | TextRule<never>;
  const options = rule.options.parse(given);
  const outcome = (text: string): string => {
    if (rule.unit === 'rewrite') return rule.rewrite(text, options, CONTEXT).text;
    return rule.keep(rule.measure(text, options, CONTEXT), options) ? text : DROPPED;
  };
  const wanted = [
    ...found.map((one): [string, string] => (typeof one === 'string' ? [one, DROPPED] : one)),
    ...kept.map((text): [string, string] => [text, text]),
  ];
  const cases = wanted.map(([input, expected]) => ({ input, expected, got: outcome(input) }));
  const changed = cases.filter(({ input, got }) => got !== input).length;
  const right = cases.filter(({ input, expected, got }) => expected !== input && got === expected).length;
  return {
    positives: found.length,
    negatives: kept.length,
    precision: changed === 0 ? 1 : right / changed,
    recall: found.length === 0 ? 1 : right / found.length,
    wrong: cases.filter(({ expected, got }) => got !== expected),
  };
}
