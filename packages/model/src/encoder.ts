import { capture, tf } from '@wenlan/engine';
import { type BriVLConfig, encodeImage, encodeText, type ParameterStore } from './brivl.ts';
import { l2Normalize } from './nn/l2-normalize.ts';
import { pictureBoxes } from './nn/picture-boxes.ts';
import type { Tokenizer } from './tokenizer.ts';

/** How many rows go through a tower at once: the rest is padded to the smallest that holds it. Each is one captured program. */
const BATCH_SIZES = [1, 8, 64] as const;
const LARGEST_BATCH = 64;

/** The two query towers in inference mode, mapping pictures and texts into one space. */
export interface Encoder {
  /** Numbers in a feature. */
  readonly dim: number;
  /** Height and width of a picture in pixels. */
  readonly side: number;
  /**
   * @param pixels [count, side, side, 3], RGB 0..1
   * @param boxes of each picture [boxes, 4], x1 y1 x2 y2 in pixels; the grid for those without, and by default for all
   * @returns L2-normed rows [count, dim]
   */
  encodeImages(pixels: Float32Array, count: number, boxes?: readonly (Float32Array | null)[]): Promise<Float32Array>;
  /** @returns L2-normed rows [texts.length, dim] */
  encodeTexts(texts: readonly string[]): Promise<Float32Array>;
  /** Frees the captured programs, not the towers. */
  dispose(): void;
}

interface Towers {
  model: BriVLConfig;
  image: ParameterStore;
  text: ParameterStore;
  tokenizer: Tokenizer;
  textBuckets: readonly number[];
}

/** An encoder over towers that are loaded or in training: it reads their present values at every call. */
export function createEncoder({ model, image, text, tokenizer, textBuckets }: Towers): Encoder {
  const { dim, side } = model;
  const inference = { training: false };
  const imageProgram = capture(
    (pixels: tf.Tensor4D, corners: tf.Tensor3D, mask: tf.Tensor2D) =>
      l2Normalize(encodeImage(model, image, pixels, inference, { corners, mask })),
    { fuse: true },
  );
  const textProgram = capture(
    (ids: tf.Tensor2D, mask: tf.Tensor2D) => l2Normalize(encodeText(model, text, ids, mask, inference)),
    { fuse: true },
  );

  async function inBatches(
    count: number,
    encode: (start: number, end: number, batch: number) => [tf.Tensor, ...tf.Tensor[]],
  ): Promise<Float32Array> {
    const features = new Float32Array(count * dim); // [count, dim]
    for (let start = 0; start < count; start += LARGEST_BATCH) {
      const end = Math.min(count, start + LARGEST_BATCH);
      const batch = BATCH_SIZES.find((size) => size >= end - start)!;
      const [rows, ...inputs] = encode(start, end, batch);
      features.set(((await rows.data()) as Float32Array).subarray(0, (end - start) * dim), start * dim);
      tf.dispose([rows, ...inputs]);
    }
    return features;
  }

  return {
    dim,
    side,
    async encodeImages(pixels, count, boxes = []) {
      const size = side * side * 3;
      if (pixels.length !== count * size) {
        throw new Error(`encodeImages: ${pixels.length} values aren't ${count} pictures of ${side} × ${side} × 3`);
      }
      return await inBatches(count, (start, end, rows) => {
        const batch = new Float32Array(rows * size);
        batch.set(pixels.subarray(start * size, end * size));
        const given = Array.from({ length: rows }, (_, row) => (start + row < end ? (boxes[start + row] ?? null) : null));
        const { corners, mask } = pictureBoxes(given, side, model.image.regions);
        const inputs = [tf.tensor4d(batch, [rows, side, side, 3]), corners, mask] as const;
        return [imageProgram(...inputs), ...inputs];
      });
    },
    async encodeTexts(texts) {
      return await inBatches(texts.length, (start, end, rows) => {
        const padded = Array.from({ length: rows }, (_, row) => (start + row < end ? texts[start + row]! : ''));
        const { ids, mask, tokens } = tokenizer.encodeBatch(padded, textBuckets);
        const inputs = [tf.tensor2d(ids, [rows, tokens], 'int32'), tf.tensor2d(mask, [rows, tokens])] as const;
        return [textProgram(...inputs), ...inputs];
      });
    },
    dispose() {
      imageProgram.dispose();
      textProgram.dispose();
    },
  };
}
