import { capture, type CapturedStep, tf } from '@wenlan/engine';
import { type BriVLConfig, encodeImage, encodeText, type ParameterStore } from './brivl.ts';
import { l2Normalize } from './nn/l2-normalize.ts';
import { pictureBoxes } from './nn/picture-boxes.ts';
import type { Tokenizer } from './tokenizer.ts';

/** How many rows go through a tower at once. Each is one captured program, of texts one for each length. */
type BatchSize = 64 | 8 | 1;

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

/**
 * An encoder over towers that are loaded or in training: it reads their present values at every call. Texts of one length go through the
 * tower together, each padded to the bucket of its own length: its vector doesn't depend on what else is encoded.
 */
export function createEncoder({ model, image, text, tokenizer, textBuckets }: Towers): Encoder {
  const { dim, side } = model;
  const inference = { training: false };
  const imagePrograms = programs((pixels: tf.Tensor4D, corners: tf.Tensor3D, mask: tf.Tensor2D) =>
    l2Normalize(encodeImage(model, image, pixels, inference, { corners, mask })),
  );
  const textPrograms = programs((ids: tf.Tensor2D, mask: tf.Tensor2D) =>
    l2Normalize(encodeText(model, text, ids, mask, inference)),
  );

  async function encodeRows(
    rows: readonly number[],
    features: Float32Array, // [at least as many, dim]
    encode: (rows: readonly number[], size: BatchSize) => [tf.Tensor, ...tf.Tensor[]],
  ): Promise<void> {
    for (const { part, size } of batchesOf(rows)) {
      const [encoded, ...inputs] = encode(part, size);
      const values = (await encoded.data()) as Float32Array;
      for (const [index, row] of part.entries()) features.set(values.subarray(index * dim, (index + 1) * dim), row * dim);
      tf.dispose([encoded, ...inputs]);
    }
  }

  return {
    dim,
    side,
    async encodeImages(pixels, count, boxes = []) {
      const size = side * side * 3;
      if (pixels.length !== count * size) {
        throw new Error(`encodeImages: ${pixels.length} values aren't ${count} pictures of ${side} × ${side} × 3`);
      }
      const features = new Float32Array(count * dim); // [count, dim]
      await encodeRows(
        Array.from({ length: count }, (_, row) => row),
        features,
        (rows, batch) => {
          const filled = new Float32Array(batch * size);
          filled.set(pixels.subarray(rows[0]! * size, (rows.at(-1)! + 1) * size));
          const given = Array.from({ length: batch }, (_, index) => boxes[rows[index] ?? -1] ?? null);
          const { corners, mask } = pictureBoxes(given, side, model.image.regions);
          const inputs = [tf.tensor4d(filled, [batch, side, side, 3]), corners, mask] as const;
          return [imagePrograms[batch](...inputs), ...inputs];
        },
      );
      return features;
    },
    async encodeTexts(texts) {
      const features = new Float32Array(texts.length * dim); // [texts, dim]
      const encoded = texts.map((text) => tokenizer.encodeBatch([text], textBuckets));
      const rows = [...encoded.keys()];
      for (const tokens of textBuckets) {
        const ofLength = rows.filter((row) => encoded[row]!.tokens === tokens);
        await encodeRows(ofLength, features, (part, batch) => {
          const ids = new Int32Array(batch * tokens);
          const mask = new Float32Array(batch * tokens).fill(1);
          for (const [index, row] of part.entries()) {
            ids.set(encoded[row]!.ids, index * tokens);
            mask.set(encoded[row]!.mask, index * tokens);
          }
          const inputs = [tf.tensor2d(ids, [batch, tokens], 'int32'), tf.tensor2d(mask, [batch, tokens])] as const;
          return [textPrograms[batch](...inputs), ...inputs];
        });
      }
      return features;
    },
    dispose() {
      for (const program of [...Object.values(imagePrograms), ...Object.values(textPrograms)]) program.dispose();
    },
  };
}

/** A tower for each size of batch, so that the lengths of texts are all that counts against the limit of programs. */
function programs<Inputs extends tf.Tensor[]>(
  tower: (...inputs: Inputs) => tf.Tensor2D,
): Record<BatchSize, CapturedStep<Inputs, tf.Tensor2D>> {
  const program = (): CapturedStep<Inputs, tf.Tensor2D> => capture(tower, { fuse: true });
  return { 64: program(), 8: program(), 1: program() };
}

/** Cuts rows into batches: what is left of 64 goes in eights, the last of which may be filled up; one alone stays alone. */
function* batchesOf(rows: readonly number[]): Generator<{ part: number[]; size: BatchSize }> {
  for (let start = 0; start < rows.length;) {
    const left = rows.length - start;
    const size = left >= 64 ? 64 : left > 1 ? 8 : 1;
    yield { part: rows.slice(start, start + size), size };
    start += size;
  }
}
