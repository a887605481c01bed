import { judgeText } from './measure/judge.ts';
import { measureText } from './measure/measure-text.ts';
import { compileRecipe } from './recipe/compile-recipe.ts';
import type { Recipe } from './recipe/recipe.ts';
import { EMPTIED } from './rule.ts';
import type { TextContext } from './rule.ts';

/** What the rules on texts measure on one text, and their verdicts. */
export interface TextExplanation {
  input: string;
  /** Cleaned. */
  text: string;
  keep: boolean;
  /** Every text rule that judges texts of the source, in order, as far as it came to measure. */
  rules: { rule: string; score: number; keep: boolean }[];
}

/** What each text rule of a recipe measures on a text, and what it says to that. */
export function explainText(input: string, recipe: Recipe, context: TextContext): TextExplanation {
  return textExplainer(recipe, context)(input);
}

/** As {@link explainText}, for many texts: the recipe is compiled once. */
export function textExplainer(recipe: Recipe, context: TextContext): (input: string) => TextExplanation {
  const steps = compileRecipe(recipe).forSource(context.source);
  return (input) => {
    const measured = measureText(input, context, steps);
    const rules: TextExplanation['rules'] = [];
    for (const { rule } of steps.rewrite) {
      const score = measured.scores[rule.name] ?? 0;
      rules.push({ rule: rule.name, score, keep: score !== EMPTIED });
    }
    for (const { rule, options } of steps.text) {
      const score = measured.scores[rule.name];
      if (score !== undefined) rules.push({ rule: rule.name, score, keep: rule.keep(score, options) });
    }
    return { input, text: measured.text, keep: judgeText(measured, steps) === null, rules };
  };
}
