import { normalizeRows } from '../normalize-rows.ts';
import { topMatches } from '../top-matches.ts';
import type { Vectors } from '../vectors.ts';
import { accuracy, checkLabels, checkTopAt, DEFAULT_TOP_AT } from './accuracy.ts';
import type { ClassificationScores, LabelledImages } from './accuracy.ts';
import { ensemblePrompts } from './class-prompts.ts';

export interface ZeroShotInput extends LabelledImages {
  readonly images: Vectors;
  /** Vectors of the prompts, in the order of {@link fillTemplates}, or one for each class. */
  readonly prompts: Vectors;
  /** For each prompt the row of its class; left out, prompt i is of class i. */
  readonly classOfPrompt?: readonly number[];
}

/**
 * Zero-shot classification (Radford et al., ICML 2021, section 3.1): the class whose prompts have the highest cosine with the image.
 *
 * @throws UserError as `checkLabels`, {@link ensemblePrompts}, {@link topMatches}
 */
export function zeroShot(input: ZeroShotInput): ClassificationScores {
  const { images, prompts, labels, classNames, topAt = DEFAULT_TOP_AT } = input;
  checkTopAt(topAt);
  checkLabels('labels', labels, images.rows, classNames);
  const classOfPrompt = input.classOfPrompt ?? Array.from({ length: prompts.rows }, (_, row) => row);
  const classes = ensemblePrompts(prompts, classOfPrompt, classNames.length);
  const best = topMatches(normalizeRows('images', images), classes, Math.min(Math.max(...topAt), classes.rows));
  const predictions = best.map((matches) => matches.map((match) => match.row));
  const method = `zero-shot: cosine with the mean of the normed vectors of a class's prompts (${prompts.rows} prompts)`;
  return accuracy(predictions, input, method);
}
