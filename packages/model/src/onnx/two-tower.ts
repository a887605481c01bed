import { join } from 'node:path';
import { squashBicubic, UserError } from '@wenlan/shards';
import { Tokenizer } from '../tokenizer.ts';
import { sha256OfFolder } from './folder-sha256.ts';
import { loadOnnxRuntime } from './onnx-runtime.ts';
import { BATCH, type OnnxTower, openTower } from './onnx-tower.ts';
import { imageInput, textColumns, textInputs } from './tower-inputs.ts';
import { readTwoTowerSettings, type TwoTowerSettings } from './two-tower-settings.ts';

/** A model of others that gives pictures and texts vectors in one space. */
export interface TwoTower {
  /** Hexadecimal SHA-256 of all files in its folder. */
  sha256: string;
  dim: number;
  /**
   * @param pictures bytes of files that decode
   * @returns [pictures, dim], of length 1 each; NaN where the model gives none that has a length
   */
  encodePictures: (pictures: readonly Uint8Array[]) => Promise<Float32Array>;
  /** As {@link encodePictures}; a longer text loses its end. */
  encodeTexts: (texts: readonly string[]) => Promise<Float32Array>;
  dispose: () => Promise<void>;
}

/**
 * Loads a folder with an image tower and a text tower in ONNX, `vocab.txt` of a BERT, and `two-tower.yaml` that says how pictures
 * and texts go in. Both towers are run once, so that what doesn't fit shows before anything is encoded.
 * @throws UserError ONNX_RUNTIME_MISSING, TWO_TOWER_MISSING, TWO_TOWER_INVALID, ONNX_MODEL_MISSING, ONNX_MODEL_INVALID, ONNX_INPUT,
 * ONNX_SHAPE, ONNX_OUTPUT, ONNX_RUN, ONNX_TOWERS_DIFFER, VOCABULARY_MISSING, VOCABULARY_INVALID
 */
export async function loadTwoTower(folder: string): Promise<TwoTower> {
  const settings = await readTwoTowerSettings(folder);
  const runtime = await loadOnnxRuntime();
  const opened: OnnxTower[] = [];
  const dispose = async (): Promise<void> => {
    for (const tower of opened) await tower.dispose();
  };
  const open = async ({ file, output }: { file: string; output?: string }): Promise<OnnxTower> => {
    const tower = await openTower(runtime, join(folder, file), output);
    opened.push(tower);
    return tower;
  };
  try {
    const tokenizer = await Tokenizer.load(join(folder, settings.text.vocabulary));
    const encodeImages = imageEncoder(await open(settings.image), settings.image);
    const encodeTexts = textEncoder(await open(settings.text), settings.text);
    const dim = await sharedDim(settings, tokenizer, { encodeImages, encodeTexts });
    return {
      sha256: await sha256OfFolder(folder),
      dim,
      async encodePictures(pictures) {
        const encoded = new Float32Array(pictures.length * dim);
        for (let start = 0; start < pictures.length; start += BATCH) {
          const part = pictures.slice(start, start + BATCH);
          const squares = await Promise.all(part.map((picture) => squashBicubic(picture, settings.image.side)));
          encoded.set(await encodeImages(squares), start * dim);
        }
        return normalized(encoded, dim);
      },
      encodeTexts: async (texts) => normalized(await encodeTexts(tokenizer.encodeBatch(texts, [settings.text.tokens])), dim),
      dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

type ImageEncoder = (squares: readonly Uint8Array[]) => Promise<Float32Array>;
type TextEncoder = (encoded: { ids: Int32Array; mask: Float32Array; count: number }) => Promise<Float32Array>;

/** @returns encoder of RGB pictures [side, side, 3] to [pictures, dim] */
function imageEncoder(tower: OnnxTower, { side, mean, std }: TwoTowerSettings['image']): ImageEncoder {
  const name = imageInput(tower, side);
  const area = side * side;
  return (squares) => {
    const values = new Float32Array(squares.length * 3 * area); // [pictures, 3, side, side]
    for (const [row, square] of squares.entries()) {
      for (let channel = 0; channel < 3; channel += 1) {
        const [shift, scale] = [mean[channel]!, std[channel]!];
        const plane = (row * 3 + channel) * area;
        for (let at = 0; at < area; at += 1) values[plane + at] = (square[at * 3 + channel]! / 255 - shift) / scale;
      }
    }
    return tower.encode(squares.length, [{ name, values, shape: [3, side, side] }]);
  };
}

function textEncoder(tower: OnnxTower, { tokens }: TwoTowerSettings['text']): TextEncoder {
  const inputs = textInputs(tower, tokens);
  return (encoded) => tower.encode(encoded.count, textColumns(inputs, encoded, tokens));
}

/** Runs both towers on next to nothing. @returns how long their vectors are */
async function sharedDim(
  { image, text }: TwoTowerSettings,
  tokenizer: Tokenizer,
  { encodeImages, encodeTexts }: { encodeImages: ImageEncoder; encodeTexts: TextEncoder },
): Promise<number> {
  const dim = (await encodeImages([new Uint8Array(image.side ** 2 * 3)])).length;
  const [ids, mask] = [new Int32Array(text.tokens), new Float32Array(text.tokens)];
  // The last token of all: a vocabulary that is larger than the model's fails here and not on some text later.
  ids[0] = tokenizer.vocabularySize - 1;
  mask[0] = 1;
  const textDim = (await encodeTexts({ ids, mask, count: 1 })).length;
  if (dim === textDim) return dim;
  throw new UserError(
    'ONNX_TOWERS_DIFFER',
    `${image.file} gives vectors of ${dim} numbers and ${text.file} of ${textDim}; take both towers, and their outputs, from one model.`,
  );
}

/** Gives each row the length 1, in place. @param vectors [rows, dim] */
function normalized(vectors: Float32Array, dim: number): Float32Array {
  for (let start = 0; start < vectors.length; start += dim) {
    const row = vectors.subarray(start, start + dim);
    const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    if (length > 0 && Number.isFinite(length)) for (const [at, value] of row.entries()) row[at] = value / length;
    else row.fill(Number.NaN);
  }
  return vectors;
}
