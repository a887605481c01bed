import { SOURCES } from '@wenlan/shards';
import { z } from 'zod';
import { RULE_NAMES, ruleNamed } from '../rules/rule-table.ts';

const source = z.enum(SOURCES);
const share = z.number().min(0).max(1);

/** An entry of the list: which rule, for which sources, and beside them the rule's own options, which are checked by the rule. */
const entry = z.looseObject({
  rule: z.enum(RULE_NAMES),
  /** All by default. */
  sources: z.array(source).min(1).optional(),
});

const checkedEntry = entry.transform((value, context) => {
  const { rule, sources, ...given } = value;
  const parsed = ruleNamed(rule).options.safeParse(given);
  if (parsed.success) return { rule, ...(sources === undefined ? {} : { sources }), options: parsed.data };
  for (const { path, message, ...issue } of parsed.error.issues) {
    context.addIssue({ ...issue, code: 'custom', path, message, params: issue });
  }
  return z.NEVER;
});

export const recipeSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'only lower-case letters, digits and - may be used'),
  rules: z.array(checkedEntry).min(1),
  /** Of two duplicates alike in size and text, the one whose source comes first is kept. */
  trust: z.array(source).default([...SOURCES]),
  encode: z.strictObject({
    maxSide: z.int().min(16).max(16_384),
    vectorSide: z.int().min(16).max(4096),
    jpegQuality: z.int().min(1).max(100),
  }),
  split: z
    .strictObject({
      validation: share,
      test: share,
      heldOut: z.strictObject({ urlContains: z.array(z.string().min(1)).min(1) }).optional(),
    })
    .refine(({ validation, test }) => validation + test < 1, {
      error: 'validation and test leave nothing for train',
      path: ['test'],
    }),
});
