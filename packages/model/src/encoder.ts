import { capture, tf } from '@wenlan/engine';
import { type BriVLConfig, encodeImage, encodeText, type ParameterStore } from './brivl.ts';
import { l2Normalize } from './moco/info-nce.ts';
import type { Tokenizer } from './tokenizer.ts';

/** Rows that go through a tower at once; the last ones are padded to it, so that a tower is one captured program. */
const BATCH = 64;

/** The two query towers in inference mode, mapping pictures and texts into one space. */
export interface Encoder {
  /** Numbers in a feature. */
  readonly dim: number;
  /** Height and width of a picture in pixels. */
  readonly side: number;
  /**
   * @param pixels [count, side, side, 3], RGB 0..1
   * @returns L2-normed rows [count, dim]
   */
  encodeImages(pixels: Float32Array, count: number): Promise<Float32Array>;
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
  const imageProgram = capture((pixels: tf.Tensor) =>
    tf.tidy(() => l2Normalize(encodeImage(model, image, pixels as tf.Tensor4D, { training: false }))),
  );
  const textProgram = capture((ids: tf.Tensor, mask: tf.Tensor) =>
    tf.tidy(() => l2Normalize(encodeText(model, text, ids as tf.Tensor2D, mask as tf.Tensor2D, { training: false }))),
  );

  async function inBatches(count: number, encode: (start: number, end: number) => [tf.Tensor, ...tf.Tensor[]]): Promise<Float32Array> {
    const features = new Float32Array(count * dim); // [count, dim]
    for (let start = 0; start < count; start += BATCH) {
      const end = Math.min(count, start + BATCH);
      const [rows, ...inputs] = encode(start, end);
      features.set(((await rows.data()) as Float32Array).subarray(0, (end - start) * dim), start * dim);
      tf.dispose([rows, ...inputs]);
    }
    return features;
  }

  return {
    dim,
    side,
    encodeImages(pixels, count) {
      const size = side * side * 3;
      if (pixels.length !== count * size) {
        throw new Error(`encodeImages: ${pixels.length} values aren't ${count} pictures of ${side} × ${side} × 3`);
      }
      return inBatches(count, (start, end) => {
        const batch = new Float32Array(BATCH * size);
        batch.set(pixels.subarray(start * size, end * size));
        const input = tf.tensor4d(batch, [BATCH, side, side, 3]);
        return [imageProgram(input) as tf.Tensor, input];
      });
    },
    encodeTexts(texts) {
      return inBatches(texts.length, (start, end) => {
        const padded = Array.from({ length: BATCH }, (_, row) => (start + row < end ? texts[start + row]! : ''));
        const { ids, mask, tokens } = tokenizer.encodeBatch(padded, textBuckets);
        const inputs = [tf.tensor2d(ids, [BATCH, tokens], 'int32'), tf.tensor2d(mask, [BATCH, tokens])] as const;
        return [textProgram(...inputs) as tf.Tensor, ...inputs];
      });
    },
    dispose() {
      imageProgram.dispose();
      textProgram.dispose();
    },
  };
}
