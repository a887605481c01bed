import { normalizeRows } from '../normalize-rows.ts';
import { topMatches } from '../top-matches.ts';
import { UserError } from '../user-error.ts';
import type { Vectors } from '../vectors.ts';
import { accuracy, checkLabels } from './accuracy.ts';
import type { ClassificationScores, LabelledImages } from './accuracy.ts';

export interface NearestNeighboursInput extends LabelledImages {
  readonly images: Vectors;
  /** Vectors of the training pictures, and their classes. */
  readonly gallery: Vectors;
  readonly galleryLabels: readonly number[];
  /** Neighbours that vote; 20 unless told. */
  readonly neighbours?: number;
  /** A neighbour of cosine s has exp(s / temperature) votes; 0.07 unless told. */
  readonly temperature?: number;
}

/**
 * k-NN classification (Wu et al., CVPR 2018, section 3.4): the nearest pictures of the gallery by cosine vote with their weight.
 *
 * @throws UserError `NEIGHBOURS` if the gallery has fewer pictures than vote, `TEMPERATURE` if not above 0; as `checkLabels`,
 *   {@link topMatches}
 */
export function nearestNeighbours(input: NearestNeighboursInput): ClassificationScores {
  const { images, gallery, labels, galleryLabels, classNames, neighbours = 20, temperature = 0.07 } = input;
  checkLabels('labels', labels, images.rows, classNames);
  checkLabels('galleryLabels', galleryLabels, gallery.rows, classNames);
  if (!Number.isSafeInteger(neighbours) || neighbours < 1 || neighbours > gallery.rows) {
    throw new UserError(
      'NEIGHBOURS',
      `${neighbours} neighbours are asked of a gallery of ${gallery.rows}; ask for 1 to ${gallery.rows}.`,
    );
  }
  if (!(temperature > 0)) throw new UserError('TEMPERATURE', `the temperature is ${temperature}; it must be above 0.`);
  const nearest = topMatches(normalizeRows('images', images), normalizeRows('gallery', gallery), neighbours);
  const predictions = nearest.map((matches) => {
    const votes = new Float64Array(classNames.length);
    // Relative to the nearest, so that a low temperature does not overflow.
    for (const { row, score } of matches) votes[galleryLabels[row]!]! += Math.exp((score - matches[0]!.score) / temperature);
    return Array.from(votes.keys()).toSorted((a, b) => votes[b]! - votes[a]! || a - b);
  });
  const method = `k-NN: ${neighbours} of ${gallery.rows} pictures vote with exp(cosine / ${temperature})`;
  return accuracy(predictions, input, method);
}
