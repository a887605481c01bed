import { UserError } from '@wenlan/shards';
import { parse as parseYaml } from 'yaml';
import type { z } from 'zod';
import { unitOrder } from '../rule.ts';
import { RULE_NAMES, ruleNamed } from '../rules/rule-table.ts';
import { builtInRecipeText } from './built-in-recipe.ts';
import type { Recipe } from './recipe.ts';
import { recipeSchema } from './recipe-schema.ts';

/**
 * Reads a recipe: a list of rules with thresholds, and how to encode and split. With `extends: NAME` it takes over a built-in
 * recipe; other keys then replace those of that recipe, and `change` sets options of its rules by name, or takes a rule out
 * with `false`.
 * @param input YAML, or an object as YAML would give it
 * @throws UserError RECIPE_INVALID naming the key by its full path, what is wrong and what is allowed
 */
export function parseRecipe(input: unknown): Recipe {
  const parsed = recipeSchema.safeParse(extend(typeof input === 'string' ? readYaml(input) : input));
  if (!parsed.success) throw invalid(describe(parsed.error.issues[0]!));
  const recipe = parsed.data as Recipe;
  checkOrder(recipe);
  return recipe;
}

/**
 * A recipe that comes with the package.
 * @throws UserError RECIPE_MISSING naming those there are
 */
export const builtInRecipe = (name = 'default'): Recipe => parseRecipe(builtInRecipeText(name));

function readYaml(text: string): unknown {
  try {
    return parseYaml(text);
  } catch (error) {
    throw invalid(`it is not YAML (${(error as Error).message.split('\n')[0]}); check the indentation and quotes there`, error);
  }
}

function extend(value: unknown): unknown {
  if (!isObject(value) || !('extends' in value)) return value;
  const { extends: name, change, ...own } = value;
  const base = extend(parseYaml(builtInRecipeText(String(name)))) as { rules: Record<string, unknown>[] };
  if (change !== undefined && !isObject(change)) throw invalid('change is no mapping from names of rules to their options');
  const changes = change ?? {};
  for (const [rule, options] of Object.entries(changes)) {
    if (!base.rules.some((entry) => entry['rule'] === rule)) {
      throw invalid(
        `change.${rule} names a rule that the recipe ${String(name)} lacks; it has ${[...new Set(base.rules.map((entry) => entry['rule']))].join(', ')}`,
      );
    }
    if (options !== false && !isObject(options))
      throw invalid(`change.${rule} has to be a mapping of options, or false to take the rule out`);
  }
  const rules = base.rules
    .filter((entry) => changes[String(entry['rule'])] !== false)
    .map((entry) => ({ ...entry, ...(changes[String(entry['rule'])] as object | undefined) }));
  return { ...base, rules, ...own };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A rule judges what the rules of earlier units left, and judges a pair once. */
function checkOrder({ rules }: Recipe): void {
  const seen = new Map<string, { index: number; sources: string[] | undefined }[]>();
  for (const [index, { rule, sources }] of rules.entries()) {
    const earlier = rules
      .slice(0, index)
      .find((other) => unitOrder(ruleNamed(other.rule).unit) > unitOrder(ruleNamed(rule).unit));
    if (earlier !== undefined) {
      throw invalid(
        `rules[${index}] (${rule}) comes after ${earlier.rule}; put rules that rewrite texts first, then those that judge texts, then pairs and pictures, then the dataset`,
      );
    }
    const same = seen.get(rule) ?? [];
    for (const other of same) {
      if (sources === undefined || other.sources === undefined || sources.some((source) => other.sources!.includes(source))) {
        throw invalid(
          `rules[${index}] (${rule}) judges the same pairs as rules[${other.index}]; leave one out, or give each its own sources`,
        );
      }
    }
    seen.set(rule, [...same, { index, sources }]);
  }
}

function describe(issue: z.core.$ZodIssue): string {
  const detail = issue.code === 'custom' && issue.params !== undefined ? issue.params : issue;
  const path = pathOf(issue.path);
  const keys = (detail as { keys?: string[] }).keys;
  if (keys !== undefined)
    return `${pathOf([...issue.path, keys[0]!])} is not a key that is known there; leave it out or correct its name`;
  if (issue.path.at(-1) === 'rule') return `${path} names no rule; the rules are ${RULE_NAMES.join(', ')}`;
  return `${path === '' ? 'it' : path}: ${issue.message}`;
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
}

const invalid = (what: string, cause?: unknown): UserError =>
  new UserError('RECIPE_INVALID', `The cleaning recipe can't be used: ${what}.`, { cause });
