import type { SourceSteps } from '../recipe/compile-recipe.ts';
import { EMPTIED } from '../rule.ts';
import type { TextContext } from '../rule.ts';

/** A text as the rewriting rules left it, and what each rule measured on it. */
export interface MeasuredText {
  text: string;
  /** By rule. A rewriting rule that changed nothing is left out; nothing is measured on a text of which nothing was left. */
  scores: Record<string, number>;
}

/** Rules undo what hides from others: a phrase may show only once the spaces in it are gone. */
const MAX_PASSES = 8;

/** Rewrites a text until no rule changes it any more, so that cleaning it again changes nothing; then measures it. */
export function measureText(input: string, context: TextContext, steps: SourceSteps): MeasuredText {
  const scores: Record<string, number> = {};
  let text = input;
  // Done once every rule in turn has left the text as it is.
  let unchanged = 0;
  for (let pass = 0; pass < MAX_PASSES && unchanged < steps.rewrite.length; pass += 1) {
    for (const { rule, options } of steps.rewrite) {
      if (unchanged === steps.rewrite.length) break;
      const rewritten = rule.rewrite(text, options, context);
      unchanged += 1;
      if (rewritten.text === text) continue;
      unchanged = 0;
      text = rewritten.text;
      scores[rule.name] = (scores[rule.name] ?? 0) + rewritten.count;
      if (text !== '') continue;
      scores[rule.name] = EMPTIED;
      return { text, scores };
    }
  }
  for (const { rule, options } of steps.text) scores[rule.name] = Math.fround(rule.measure(text, options, context));
  return { text, scores };
}
