import type { Source } from '@wenlan/shards';
import type { AnyRule } from '../rules/rule-table.ts';
import { ruleNamed } from '../rules/rule-table.ts';
import type { DatasetRule, DatasetTextRule, ImageRule, PairRule, RewriteRule, TextRule } from '../rule.ts';
import type { DecodeOptions } from '../rules/decode.ts';
import type { Recipe } from './recipe.ts';

/** A rule with its options and its place in the recipe. */
export interface Step<Kind extends AnyRule = AnyRule> {
  /** Place in the recipe's list. */
  index: number;
  rule: Kind;
  options: never;
  sources: ReadonlySet<Source> | null;
}

/** The rules that judge the pairs of one source, by unit and in order. */
export interface SourceSteps {
  rewrite: Step<RewriteRule<never>>[];
  text: Step<TextRule<never>>[];
  /** Pairs and pictures. */
  local: (Step<PairRule<never>> | Step<ImageRule<never>>)[];
  maxPixels: number;
}

export interface CompiledRecipe {
  steps: Step[];
  /** Those that look at the whole dataset. */
  global: (Step<DatasetRule<never>> | Step<DatasetTextRule<never>>)[];
  forSource(source: Source): SourceSteps;
}

/** For recipes without the rule `decode`. */
const DEFAULT_MAX_PIXELS = 100_000_000;

export function compileRecipe(recipe: Recipe): CompiledRecipe {
  const steps: Step[] = recipe.rules.map(({ rule, sources, options }, index) => ({
    index,
    rule: ruleNamed(rule),
    options: options as never,
    sources: sources === undefined ? null : new Set(sources),
  }));
  const bySource = new Map<Source, SourceSteps>();
  const forSource = (source: Source): SourceSteps => {
    const known = bySource.get(source);
    if (known !== undefined) return known;
    const own = steps.filter(({ sources }) => sources === null || sources.has(source));
    const decode = own.find(({ rule }) => rule.name === 'decode')?.options as DecodeOptions | undefined;
    const found: SourceSteps = {
      rewrite: own.filter((step): step is Step<RewriteRule<never>> => step.rule.unit === 'rewrite'),
      text: own.filter((step): step is Step<TextRule<never>> => step.rule.unit === 'text'),
      local: own.filter(
        (step): step is Step<PairRule<never>> | Step<ImageRule<never>> => step.rule.unit === 'pair' || step.rule.unit === 'image',
      ),
      maxPixels: decode?.maxPixels ?? DEFAULT_MAX_PIXELS,
    };
    bySource.set(source, found);
    return found;
  };
  const global = steps.filter(
    (step): step is Step<DatasetRule<never>> | Step<DatasetTextRule<never>> =>
      step.rule.unit === 'dataset' || step.rule.unit === 'dataset-text',
  );
  return { steps, global, forSource };
}
