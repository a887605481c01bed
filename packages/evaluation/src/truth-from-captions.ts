import type { Truth } from './truth.ts';
import { UserError } from './user-error.ts';

/** Distinct captions, and the pictures that each belongs to. */
export interface CaptionGallery {
  /** The distinct captions, in the order of their first picture: the text gallery. */
  readonly texts: readonly string[];
  /** For each of them the rows of all its pictures. */
  readonly truth: Truth;
  /** For each picture the row of its caption in `texts`. */
  readonly textOfImage: readonly number[];
  /** What was done, in a sentence for the conditions of a result. */
  readonly captionPolicy: string;
}

/**
 * The gallery of distinct meanings of a list of pictures that have one caption each.
 *
 * Pictures whose captions are equal, character for character, share one meaning: the caption stands once in the text gallery, and each of
 * its pictures is a right answer to it. Without this, a model that ranks one of two pictures called "红心" first would be called wrong by
 * the row number alone, and the same text would stand twice in the gallery, where one copy is always counted as an error of the other.
 * Nothing is trimmed, folded or translated; captions that should be equal must be made so before.
 *
 * @param captions one for each picture, in the order of the image vectors
 * @throws UserError `CAPTION_EMPTY` if a caption is empty or blank, `CAPTIONS_MISSING` if there are none
 */
export function truthFromCaptions(captions: readonly string[]): CaptionGallery {
  if (captions.length === 0) {
    throw new UserError('CAPTIONS_MISSING', 'there are no captions; give one for each picture (is the split empty?).');
  }
  const rowOf = new Map<string, number>();
  const truth: number[][] = [];
  const textOfImage = captions.map((caption, image) => {
    if (caption.trim() === '') {
      throw new UserError('CAPTION_EMPTY', `caption of picture ${image} is empty; leave out pictures without a text.`);
    }
    const row = rowOf.get(caption) ?? rowOf.size;
    if (row === rowOf.size) {
      rowOf.set(caption, row);
      truth.push([]);
    }
    truth[row]!.push(image);
    return row;
  });
  const texts = [...rowOf.keys()];
  const captionPolicy =
    `one caption a picture; equal captions are one text, right for all its pictures ` +
    `(${captions.length} pictures, ${texts.length} distinct captions)`;
  return { texts, truth, textOfImage, captionPolicy };
}
