import { capture, tf } from '@wenlan/engine';
import type { BriVLConfig } from './brivl-config.ts';
import { pictureBoxes } from './nn/picture-boxes.ts';
import type { Boxes } from './nn/roi-pooling.ts';
import type { Ranker } from './ranker.ts';
import type { Tokenizer } from './tokenizer.ts';

/** Pairs that go through a model at once; the rest is filled up, so that one captured program a text length serves them all. */
const BATCH = 64;

/** A model that has no vectors: it looks at a picture and a text together. */
export interface PairScorer extends Ranker {
  /**
   * @param images [count, imageValues] of `encodeImages`
   * @param pairs row of the picture, row of the text, for each pair in turn
   * @returns [pairs], higher where the two belong together
   */
  scorePairs(images: Float32Array, texts: readonly string[], pairs: Uint32Array): Promise<Float32Array>;
}

export interface PairModel {
  model: BriVLConfig;
  imageValues: number;
  tokenizer: Tokenizer;
  textBuckets: readonly number[];
  /** [batch, side, side, 3] and boxes → [batch, imageValues] */
  regions: (pixels: tf.Tensor4D, boxes: Boxes) => tf.Tensor2D;
  /** [batch, imageValues], int32 [batch, tokens], [batch, tokens] → [batch] */
  score: (regions: tf.Tensor2D, ids: tf.Tensor2D, mask: tf.Tensor2D) => tf.Tensor1D;
}

/** Scores pairs in batches of one size. A pair's score depends on nothing but the pair: texts are padded to the bucket of their own length. */
export function createPairScorer({ model, imageValues, tokenizer, textBuckets, regions, score }: PairModel): PairScorer {
  const { side } = model;
  const regionProgram = capture((pixels: tf.Tensor4D, corners: tf.Tensor3D, mask: tf.Tensor2D) =>
    regions(pixels, { corners, mask }),
  );
  const scoreProgram = capture((kept: tf.Tensor2D, ids: tf.Tensor2D, mask: tf.Tensor2D) => score(kept, ids, mask));

  async function encodeImages(
    pixels: Float32Array,
    count: number,
    boxes: readonly (Float32Array | null)[] = [],
  ): Promise<Float32Array> {
    const size = side * side * 3;
    const kept = new Float32Array(count * imageValues);
    for (let start = 0; start < count; start += BATCH) {
      const rows = Math.min(BATCH, count - start);
      const batch = new Float32Array(BATCH * size);
      batch.set(pixels.subarray(start * size, (start + rows) * size));
      const given = Array.from({ length: BATCH }, (_, row) => (row < rows ? (boxes[start + row] ?? null) : null));
      const { corners, mask } = pictureBoxes(given, side, model.image.regions);
      const inputs = [tf.tensor4d(batch, [BATCH, side, side, 3]), corners, mask] as const;
      const found = regionProgram(...inputs);
      kept.set(((await found.data()) as Float32Array).subarray(0, rows * imageValues), start * imageValues);
      tf.dispose([found, ...inputs]);
    }
    return kept;
  }

  async function scorePairs(images: Float32Array, texts: readonly string[], pairs: Uint32Array): Promise<Float32Array> {
    const encoded = texts.map((text) => tokenizer.encodeBatch([text], textBuckets));
    const scores = new Float32Array(pairs.length / 2);
    for (const bucket of textBuckets) {
      const chosen = [...scores.keys()].filter((pair) => encoded[pairs[2 * pair + 1]!]!.tokens === bucket);
      for (let start = 0; start < chosen.length; start += BATCH) {
        const part = chosen.slice(start, start + BATCH);
        const kept = new Float32Array(BATCH * imageValues);
        const ids = new Int32Array(BATCH * bucket);
        const mask = new Float32Array(BATCH * bucket).fill(1);
        for (const [row, pair] of part.entries()) {
          const [image, text] = [pairs[2 * pair]!, encoded[pairs[2 * pair + 1]!]!];
          kept.set(images.subarray(image * imageValues, (image + 1) * imageValues), row * imageValues);
          ids.set(text.ids, row * bucket);
          mask.set(text.mask, row * bucket);
        }
        const inputs = [
          tf.tensor2d(kept, [BATCH, imageValues]),
          tf.tensor2d(ids, [BATCH, bucket], 'int32'),
          tf.tensor2d(mask, [BATCH, bucket]),
        ] as const;
        const found = scoreProgram(...inputs);
        const values = await found.data();
        for (const [row, pair] of part.entries()) scores[pair] = values[row]!;
        tf.dispose([found, ...inputs]);
      }
    }
    return scores;
  }

  return {
    side,
    imageValues,
    encodeImages,
    scorePairs,
    async scoreAll(images, texts) {
      const count = images.length / imageValues;
      const pairs = new Uint32Array(2 * count * texts.length);
      for (let pair = 0; pair < count * texts.length; pair++) {
        pairs[2 * pair] = Math.floor(pair / texts.length);
        pairs[2 * pair + 1] = pair % texts.length;
      }
      return await scorePairs(images, texts, pairs);
    },
    dispose() {
      regionProgram.dispose();
      scoreProgram.dispose();
    },
  };
}
