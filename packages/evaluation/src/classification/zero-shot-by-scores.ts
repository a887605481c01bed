import type { PairScores } from '../retrieval-by-scores.ts';
import { UserError } from '../user-error.ts';
import { accuracy, checkLabels, checkTopAt, DEFAULT_TOP_AT } from './accuracy.ts';
import type { ClassificationScores, LabelledImages } from './accuracy.ts';

export interface ZeroShotByScoresInput extends LabelledImages {
  /** Scores of every image with every prompt; `texts` counts the prompts. */
  readonly scores: PairScores;
  /** For each prompt the row of its class, as {@link fillTemplates} gives them. */
  readonly classOfPrompt: readonly number[];
}

/**
 * As `zeroShot`, of a model that scores pairs instead of giving vectors: the class whose prompts have the highest mean score.
 *
 * @throws UserError `SCORES_SHAPE`, `SCORES_NOT_FINITE` naming the pair, `PROMPTS_SHAPE`, `PROMPTS_MISSING`, and as `checkLabels`
 */
export function zeroShotByScores(input: ZeroShotByScoresInput): ClassificationScores {
  const { scores, classOfPrompt, labels, classNames, topAt = DEFAULT_TOP_AT } = input;
  const { values, images, texts: prompts } = scores;
  checkTopAt(topAt);
  checkLabels('labels', labels, images, classNames);
  const promptsOf = classNames.map((_, row) => [...classOfPrompt.keys()].filter((prompt) => classOfPrompt[prompt] === row));
  checkPrompts(scores, classOfPrompt, promptsOf);
  const predictions = Array.from({ length: images }, (_, image) => {
    const means = promptsOf.map((rows) => rows.reduce((sum, row) => sum + values[image * prompts + row]!, 0) / rows.length);
    return [...means.keys()].sort((a, b) => means[b]! - means[a]! || a - b);
  });
  return accuracy(predictions, input, `zero-shot: mean score of the image with a class's prompts (${prompts} prompts)`);
}

function checkPrompts({ values, images, texts }: PairScores, classOfPrompt: readonly number[], promptsOf: number[][]): void {
  if (values.length !== images * texts || values.length === 0) {
    throw new UserError(
      'SCORES_SHAPE',
      `there are ${values.length} scores for ${images} images × ${texts} prompts; give one for each pair.`,
    );
  }
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new UserError(
      'SCORES_NOT_FINITE',
      `the score of image ${Math.floor(bad / texts)} with prompt ${bad % texts} is ${values[bad]}; score again with a checkpoint whose loss was finite.`,
    );
  }
  const known = promptsOf.reduce((sum, rows) => sum + rows.length, 0);
  if (classOfPrompt.length !== texts || known !== texts) {
    throw new UserError(
      'PROMPTS_SHAPE',
      `there are ${texts} prompts, ${known} of a class from 0 to ${promptsOf.length - 1}; name the class of each prompt.`,
    );
  }
  const empty = promptsOf.findIndex((rows) => rows.length === 0);
  if (empty >= 0)
    throw new UserError('PROMPTS_MISSING', `class ${empty} has no prompt; fill at least one template with its name.`);
}
