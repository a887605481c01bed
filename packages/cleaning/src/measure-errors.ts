import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  CASES_EXTENSION,
  CASES_FOLDER,
  DROPPED,
  type ErrorRates,
  errorRates,
  readCases,
  ruleCasesSchema,
} from './error-rates.ts';
import type { RewriteRule, TextContext, TextRule } from './rule.ts';
import { ruleNamed } from './rules/rule-table.ts';

/** Captions that no rule on words, marks or data may touch. */
const ORDINARY = 'ordinary';

export interface RuleErrors extends ErrorRates {
  rule: string;
  /** On texts that were written before the rule was tried, and that it was not tuned on; null where there are none. */
  heldOut: ErrorRates | null;
}

/** Runs every rule that has labelled texts (`cases/RULE.yaml`, `cases/held-out/RULE.yaml`) over them, by itself. */
export function measureErrors(): RuleErrors[] {
  const ordinary = readCases(join(CASES_FOLDER, ORDINARY + CASES_EXTENSION), ruleCasesSchema).kept;
  return readdirSync(CASES_FOLDER)
    .filter((file) => file.endsWith(CASES_EXTENSION) && file !== ORDINARY + CASES_EXTENSION)
    .sort()
    .map((file) => {
      const rule = file.slice(0, -CASES_EXTENSION.length);
      const heldOutFile = join(CASES_FOLDER, 'held-out', file);
      const heldOut = existsSync(heldOutFile) ? errorsOf(rule, heldOutFile, []) : null;
      return { rule, ...errorsOf(rule, join(CASES_FOLDER, file), ordinary), heldOut };
    });
}

const CONTEXT: TextContext = { kind: 'post', source: 'weibo' };

function errorsOf(name: string, file: string, ordinary: readonly string[]): ErrorRates {
  const { options: given, found, kept } = readCases(file, ruleCasesSchema);
  const rule = ruleNamed(name) as RewriteRule<never> | TextRule<never>;
  const options = rule.options.parse(given);
  return errorRates({ found, kept: [...kept, ...ordinary] }, (text) => {
    if (rule.unit === 'rewrite') return rule.rewrite(text, options, CONTEXT).text;
    return rule.keep(rule.measure(text, options, CONTEXT), options) ? text : DROPPED;
  });
}
