import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { RewriteRule } from './rule.ts';
import { ruleNamed } from './rules/rule-table.ts';

// As far from src as from dist.
const FOLDER = join(import.meta.dirname, '../cases');
const EXTENSION = '.yaml';

const casesSchema = z.strictObject({
  /** Texts and what has to become of them. */
  found: z.array(z.tuple([z.string(), z.string()])),
  /** Texts that look as if, and have to stay as they are. */
  kept: z.array(z.string()),
});

/** How often a rule errs on the labelled texts that come with the package. */
export interface RuleErrors {
  rule: string;
  /** Texts that the rule has to change, and texts that it has to let be. */
  positives: number;
  negatives: number;
  /** Of the texts that it changed, the share that had to be changed just so. */
  precision: number;
  /** Of the texts that it had to change, the share that it changed just so. */
  recall: number;
  wrong: { input: string; expected: string; got: string }[];
}

/** Runs every rule that has labelled texts (`cases/RULE.yaml`) over them. */
export function measureErrors(): RuleErrors[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(EXTENSION))
    .sort()
    .map((file) => errorsOf(file.slice(0, -EXTENSION.length), readFileSync(join(FOLDER, file), 'utf8')));
}

function errorsOf(name: string, yaml: string): RuleErrors {
  const { found, kept } = casesSchema.parse(parse(yaml));
  const rule = ruleNamed(name) as RewriteRule<never>;
  const options = rule.options.parse({});
  const rewrite = (text: string): string => rule.rewrite(text, options, { kind: 'post', source: 'weibo' }).text;
  const cases = [...found, ...kept.map((text): [string, string] => [text, text])].map(([input, expected]) => ({
    input,
    expected,
    got: rewrite(input),
  }));
  const changed = cases.filter(({ input, got }) => got !== input).length;
  const right = cases.filter(({ input, expected, got }) => expected !== input && got === expected).length;
  return {
    rule: name,
    positives: found.length,
    negatives: kept.length,
    precision: changed === 0 ? 1 : right / changed,
    recall: found.length === 0 ? 1 : right / found.length,
    wrong: cases.filter(({ expected, got }) => got !== expected),
  };
}
