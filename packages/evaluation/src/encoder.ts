import type { Vectors } from './vectors.ts';

/**
 * All that evaluation knows of a model.
 *
 * `Images` is whatever the model takes as a batch of pictures, such as a `Float32Array` of shape [batch, side, side, 3]:
 * evaluation passes it on and never looks inside. Rows come back L2-normed, in the order of the batch, so that inner products are cosines.
 */
export interface Encoder<Images> {
  /** What the conditions of a result call the model. */
  readonly name: string;
  /** @returns vectors of shape [batch, dim] */
  encodeImages(images: Images): Promise<Vectors>;
  /** @returns vectors of shape [texts.length, dim], of the same dim as those of the images */
  encodeTexts(texts: readonly string[]): Promise<Vectors>;
  /**
   * Of a model that looks at both together: scores of pairs (row of the image, row of the text, in turn), higher where they belong together.
   * @returns [pairs]
   */
  scorePairs?(images: Images, texts: readonly string[], pairs: Uint32Array): Promise<Float32Array>;
  /** Of a model that speaks: a sentence for each picture. */
  caption?(images: Images): Promise<string[]>;
}
