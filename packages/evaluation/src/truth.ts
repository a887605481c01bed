import { UserError } from './user-error.ts';

/** For each text, the row numbers of its images; every one of them is a right answer. */
export type Truth = readonly (readonly number[])[];

/**
 * Refuses a truth that does not fit the two galleries.
 *
 * @throws UserError `TRUTH_SHAPE` if it has not one entry for each text; `TRUTH_MISSING`, `TRUTH_RANGE`, `TRUTH_DUPLICATE` naming the text
 */
export function checkTruth(truth: Truth, images: number, texts: number): void {
  if (truth.length !== texts) {
    throw new UserError(
      'TRUTH_SHAPE',
      `truth has ${truth.length} entries for ${texts} texts; give one list of image rows for each text, in the order of the texts.`,
    );
  }
  for (const [text, rows] of truth.entries()) {
    if (rows.length === 0) {
      throw new UserError('TRUTH_MISSING', `truth of text ${text} is empty; name the rows of its images or leave the text out.`);
    }
    const seen = new Set<number>();
    for (const image of rows) {
      if (!Number.isInteger(image) || image < 0 || image >= images) {
        throw new UserError(
          'TRUTH_RANGE',
          `truth of text ${text} names image row ${JSON.stringify(image)}; rows are whole numbers from 0 to ${images - 1}.`,
        );
      }
      if (seen.has(image)) {
        throw new UserError('TRUTH_DUPLICATE', `truth of text ${text} names image row ${image} twice; name each image once.`);
      }
      seen.add(image);
    }
  }
}

/** How many texts each image has. */
export function textsPerImage(truth: Truth, images: number): Uint32Array {
  const counts = new Uint32Array(images);
  for (const rows of truth) for (const image of rows) counts[image]! += 1;
  return counts;
}

/**
 * Groups of queries that stand or fall together: images and texts that truth ties to each other, directly or through others.
 *
 * @returns for each image and for each text the number of its group, or -1 for an image without texts; and how many groups there are
 */
export function truthGroups(truth: Truth, images: number): { ofImage: Int32Array; ofText: Int32Array; groups: number } {
  const parent = Int32Array.from({ length: images }, (_, image) => image);
  const find = (image: number): number => {
    let root = image;
    while (parent[root] !== root) root = parent[root]!;
    for (let at = image; at !== root;) {
      const next = parent[at]!;
      parent[at] = root;
      at = next;
    }
    return root;
  };
  for (const rows of truth) {
    const first = find(rows[0]!);
    for (const image of rows) parent[find(image)] = first;
  }
  const ofImage = new Int32Array(images).fill(-1);
  const number = new Map<number, number>();
  const ofText = Int32Array.from(truth, (rows) => {
    const root = find(rows[0]!);
    const group = number.get(root) ?? number.size;
    number.set(root, group);
    for (const image of rows) ofImage[image] = group;
    return group;
  });
  return { ofImage, ofText, groups: number.size };
}
