import { type CleanSummary, parseRecipe, type Recipe, readCleanSummary, Retuning } from '@wenlan/cleaning';
import { readManifest } from '@wenlan/shards';
import type { CleaningOption, CleaningPreview, RuleChanges } from '@wenlan/studio';
import { stringify } from 'yaml';

/** Lets the studio judge the stored scores of a cleaned dataset anew. */
export function cleaningOption(dataset: string, location: string): CleaningOption {
  const changed = async (changes: RuleChanges): Promise<object> =>
    changedRecipe((await readManifest(location)).recipe as Recipe, changes);
  let retuning: Promise<Retuning> | undefined;
  const open = async (): Promise<Retuning> => {
    retuning ??= Retuning.open(location);
    return retuning;
  };
  return {
    dataset,
    async rules() {
      const { rules, distributions } = await readCleanSummary(location);
      const bins = new Map(distributions.map((each) => [each.rule, each.bins]));
      const names = [...new Set(rules.map(({ rule }) => rule))];
      return names.map((rule) => ({
        rule,
        options: rules.find((each) => each.rule === rule)!.options,
        bins: bins.get(rule) ?? [],
      }));
    },
    async preview(changes) {
      return previewOf(await (await open()).judge(parseRecipe(await changed(changes))));
    },
    async recipe(changes) {
      const recipe = await changed(changes);
      parseRecipe(recipe);
      return stringify(recipe);
    },
  };
}

/** A recipe as a file has it, options beside the rule's name, with some of them replaced. */
function changedRecipe({ name, rules, trust, encode, split }: Recipe, changes: RuleChanges): object {
  return {
    name,
    trust,
    encode,
    split,
    rules: rules.map(({ rule, sources, options }) => ({
      rule,
      ...(sources === undefined ? {} : { sources }),
      ...options,
      ...changes[rule],
    })),
  };
}

function previewOf({ kept, funnel, samples, rules }: CleanSummary): CleaningPreview {
  const names = [...new Set(rules.map(({ rule }) => rule))];
  const pairs = funnel.filter(({ unit }) => unit === 'pair');
  const sum = (rule: string, side: 'in' | 'out'): number =>
    pairs.reduce((total, row) => (row.rule === rule ? total + row[side] : total), 0);
  return {
    kept,
    funnel: names
      .filter((rule) => pairs.some((row) => row.rule === rule))
      .map((rule) => ({ rule, in: sum(rule, 'in'), out: sum(rule, 'out') })),
    dropped: Object.fromEntries(
      Object.entries(samples.byRule).map(([rule, dropped]) => [
        rule,
        dropped.filter(({ change }) => change === null).map(({ id }) => id),
      ]),
    ),
  };
}
