import type { SourceSteps, Step } from '../recipe/compile-recipe.ts';
import { EMPTIED } from '../rule.ts';
import type { Scores } from '../rule.ts';
import type { MeasuredText } from './measure-text.ts';

/** The rule that drops a text, or null; a pure function of the scores. */
export function judgeText({ text, scores }: MeasuredText, steps: SourceSteps): Step | null {
  for (const step of steps.rewrite) if (scores[step.rule.name] === EMPTIED) return step;
  for (const step of steps.text) {
    const score = scores[step.rule.name];
    if (score === undefined || !step.rule.keep(score, step.options)) return step;
  }
  return text === '' ? (steps.text[0] ?? steps.rewrite.at(-1) ?? null) : null;
}

/** The first rule on pairs and pictures that drops a pair, or null; a pure function of the scores. */
export function judgePair(scores: Scores, steps: SourceSteps): Step | null {
  for (const step of steps.local) {
    const { rule, options } = step;
    const kept = rule.unit === 'image' ? rule.keep(scores, options) : rule.keep(scores[rule.name] ?? 0, options);
    if (!kept) return step;
  }
  return null;
}

/** Indices of the texts that stay: kept by every rule, and not said before in the same pair. */
export function keptTexts(texts: readonly MeasuredText[], steps: SourceSteps): number[] {
  const said = new Set<string>();
  const kept: number[] = [];
  for (const [index, measured] of texts.entries()) {
    if (measured.text === '' || judgeText(measured, steps) !== null || said.has(measured.text)) continue;
    said.add(measured.text);
    kept.push(index);
  }
  return kept;
}
