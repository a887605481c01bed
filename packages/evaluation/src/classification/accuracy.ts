import { UserError } from '../user-error.ts';
import { checkClassNames } from './class-prompts.ts';

/** Per cent by `top-1`, `top-5` and so on. */
export type TopK<T = number> = Readonly<Record<`top-${number}`, T>>;

/** Accuracy of one class, in per cent, by `top-K`. */
export type ClassAccuracy = TopK<number | null> & {
  readonly name: string;
  /** Pictures of the class; without any, its figures are null and it is left out of the mean. */
  readonly images: number;
};

/** Accuracy in per cent by `top-K`, over all pictures and as a mean over classes. */
export type ClassificationScores = TopK & {
  /** Mean over classes of the share of their pictures: what counts when classes differ in size. */
  readonly meanPerClass: TopK;
  /** What guessing reaches. */
  readonly chance: TopK;
  readonly classes: readonly ClassAccuracy[];
  readonly conditions: ClassificationConditions;
};

/** All that one must know to compare a figure with another. */
export interface ClassificationConditions {
  readonly method: string;
  readonly images: number;
  readonly classes: number;
  readonly tieRule: string;
}

/** What every kind of classification is told. */
export interface LabelledImages {
  /** For each image the row of its class, from 0. */
  readonly labels: readonly number[];
  readonly classNames: readonly string[];
  /** Which top-k to report; 1 and 5 unless told. */
  readonly topAt?: readonly number[];
}

export const DEFAULT_TOP_AT: readonly number[] = [1, 5];

/**
 * Refuses labels that do not belong to the vectors.
 *
 * @throws UserError `LABELS_SHAPE` if their number differs from `rows`, `LABELS_RANGE` naming the image, `CLASSES_MISSING`,
 *   `CLASS_EMPTY`, `CLASS_DUPLICATE`
 */
export function checkLabels(name: string, labels: readonly number[], rows: number, classNames: readonly string[]): void {
  if (classNames.length === 0) throw new UserError('CLASSES_MISSING', 'there are no classes; give their names.');
  checkClassNames(classNames);
  if (labels.length !== rows) {
    throw new UserError(
      'LABELS_SHAPE',
      `${name} has ${labels.length} entries for ${rows} images; give one class for each image.`,
    );
  }
  const last = classNames.length - 1;
  const bad = labels.findIndex((label) => !Number.isInteger(label) || label < 0 || label > last);
  if (bad >= 0) {
    throw new UserError(
      'LABELS_RANGE',
      `${name} of image ${bad} is ${labels[bad]}; classes are whole numbers from 0 to ${last}.`,
    );
  }
}

/**
 * @param predictions for each image its classes, best first, at least as many as the largest k, or all of them
 * @throws UserError `TOP_K` if a k is not a whole number above 0
 */
export function accuracy(
  predictions: readonly (readonly number[])[],
  given: LabelledImages,
  method: string,
): ClassificationScores {
  const { labels, classNames, topAt = DEFAULT_TOP_AT } = given;
  checkTopAt(topAt);
  const images = new Uint32Array(classNames.length);
  for (const label of labels) images[label]! += 1;
  const figures = topAt.map((k) => {
    const hits = new Uint32Array(classNames.length);
    for (const [image, label] of labels.entries()) if (predictions[image]!.slice(0, k).includes(label)) hits[label]! += 1;
    const perClass = Array.from(hits, (hit, row) => (images[row] === 0 ? null : (100 * hit) / images[row]!));
    const known = perClass.filter((percent) => percent !== null);
    return {
      key: `top-${k}` as const,
      percent: (100 * hits.reduce((sum, hit) => sum + hit, 0)) / labels.length,
      perClass,
      mean: known.reduce((sum, percent) => sum + percent, 0) / known.length,
      chance: Math.min(100, (100 * k) / classNames.length),
    };
  });
  type Figure = (typeof figures)[number];
  const byKey = <T>(pick: (figure: Figure) => T): TopK<T> =>
    Object.fromEntries(figures.map((figure) => [figure.key, pick(figure)]));
  return {
    ...byKey((figure) => figure.percent),
    meanPerClass: byKey((figure) => figure.mean),
    chance: byKey((figure) => figure.chance),
    classes: classNames.map((name, row) => ({ name, images: images[row]!, ...byKey((figure) => figure.perClass[row]!) })),
    conditions: { method, images: labels.length, classes: classNames.length, tieRule: 'of equal scores the lower class first' },
  };
}

/** @throws UserError `TOP_K` */
export function checkTopAt(topAt: readonly number[]): void {
  if (topAt.length === 0 || topAt.some((k) => !Number.isSafeInteger(k) || k < 1)) {
    throw new UserError('TOP_K', `topAt is [${topAt.join(', ')}]; ask for whole numbers of classes, at least 1.`);
  }
}
