import { normalizeRows } from '../normalize-rows.ts';
import { UserError } from '../user-error.ts';
import type { Vectors } from '../vectors.ts';
import { accuracy, checkLabels, checkTopAt, DEFAULT_TOP_AT } from './accuracy.ts';
import type { ClassificationScores, LabelledImages } from './accuracy.ts';
import { minimize } from './minimize.ts';

export interface LinearProbeInput extends LabelledImages {
  readonly images: Vectors;
  /** Vectors of the training pictures, and their classes. */
  readonly training: Vectors;
  readonly trainingLabels: readonly number[];
  /** Weight of the squared weights beside the mean cross-entropy; 1e-3 unless told. */
  readonly penalty?: number;
}

/**
 * A linear probe (Radford et al., ICML 2021, section 3.2): multinomial logistic regression on the L2-normed vectors, by L-BFGS to its
 * optimum, which is one, so that there is no learning rate to choose.
 *
 * @throws UserError `PENALTY` if not above 0; `VECTORS_SHAPE`; as `checkLabels`
 */
export function linearProbe(input: LinearProbeInput): ClassificationScores {
  const { labels, trainingLabels, classNames, penalty = 1e-3, topAt = DEFAULT_TOP_AT } = input;
  checkTopAt(topAt);
  checkLabels('labels', labels, input.images.rows, classNames);
  checkLabels('trainingLabels', trainingLabels, input.training.rows, classNames);
  if (!(penalty > 0)) throw new UserError('PENALTY', `the penalty is ${penalty}; it must be above 0.`);
  const images = normalizeRows('images', input.images);
  const training = normalizeRows('training', input.training);
  if (images.dim !== training.dim) {
    throw new UserError('VECTORS_SHAPE', `images have dim ${images.dim}, training ${training.dim}; encode both with one model.`);
  }
  const classes = classNames.length;
  const width = training.dim + 1; // and the bias
  const lossOf = (weights: Float64Array, gradient: Float64Array): number => {
    gradient.fill(0);
    let loss = 0;
    for (let row = 0; row < training.rows; row++) {
      const shares = softmax(logitsOf(weights, training, row, classes));
      loss -= Math.log(Math.max(shares[trainingLabels[row]!]!, Number.MIN_VALUE)) / training.rows;
      for (let own = 0; own < classes; own++) {
        const error = (shares[own]! - (own === trainingLabels[row] ? 1 : 0)) / training.rows;
        const start = own * width;
        for (let d = 0; d < training.dim; d++) gradient[start + d]! += error * training.values[row * training.dim + d]!;
        gradient[start + training.dim]! += error;
      }
    }
    for (const [index, weight] of weights.entries()) {
      if (index % width === training.dim) continue; // biases aren't penalised
      loss += penalty * weight * weight;
      gradient[index]! += 2 * penalty * weight;
    }
    return loss;
  };
  const { at: weights, iterations } = minimize(lossOf, classes * width);
  const predictions = Array.from({ length: images.rows }, (_, row) => {
    const logits = logitsOf(weights, images, row, classes);
    return Array.from(logits.keys()).toSorted((a, b) => logits[b]! - logits[a]! || a - b);
  });
  const method = `linear probe: logistic regression on ${training.rows} normed vectors, penalty ${penalty}, L-BFGS (${iterations} iterations)`;
  return accuracy(predictions, input, method);
}

function logitsOf(weights: Float64Array, { values, dim }: Vectors, row: number, classes: number): Float64Array {
  return Float64Array.from({ length: classes }, (_, own) => {
    const start = own * (dim + 1);
    let sum = weights[start + dim]!;
    for (let d = 0; d < dim; d++) sum += weights[start + d]! * values[row * dim + d]!;
    return sum;
  });
}

function softmax(logits: Float64Array): Float64Array {
  const highest = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const shares = logits.map((logit) => Math.exp(logit - highest));
  const sum = shares.reduce((a, b) => a + b, 0);
  return shares.map((share) => share / sum);
}
