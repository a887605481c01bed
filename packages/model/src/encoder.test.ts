import { loadEngine, tf } from '@wenlan/engine';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MICRO } from '../test/support/micro.ts';
import { createTower, type ParameterStore } from './brivl.ts';
import { createEncoder, type Encoder } from './encoder.ts';
import { resolveModel } from './presets/resolve-model.ts';
import { SPECIAL_TOKENS, Tokenizer } from './tokenizer.ts';

const CHARACTERS = [...'天地玄黄宇宙洪荒日月盈昃'];
const BUCKETS = [6, 10, 16];

describe(createEncoder, () => {
  const model = resolveModel(MICRO);
  const tokenizer = Tokenizer.fromVocabulary([...SPECIAL_TOKENS, ...CHARACTERS]);
  let towers: Record<'image' | 'text', ParameterStore>;
  let encoder: Encoder;
  beforeAll(async () => {
    await loadEngine();
    const { vocabularySize } = tokenizer;
    const tower = (kind: 'image' | 'text'): ParameterStore => createTower(model, kind, { vocabularySize, seed: 1 });
    towers = { image: tower('image'), text: tower('text') };
    encoder = createEncoder({ model, ...towers, tokenizer, textBuckets: BUCKETS });
  });
  afterAll(() => {
    encoder.dispose();
    towers.image.dispose();
    towers.text.dispose();
  });

  /** Rows of another matrix, in another order. */
  const rowsOf = (features: Float32Array, order: readonly number[]): number[] =>
    order.flatMap((row) => [...features.subarray(row * model.dim, (row + 1) * model.dim)]);
  const expectClose = (given: Iterable<number>, wanted: Iterable<number>): void => {
    const [left, right] = [[...given], [...wanted]];
    expect(left.length).toBe(right.length);
    expect(Math.max(...left.map((value, index) => Math.abs(value - right[index]!)))).toBeLessThan(1e-5);
  };

  it('gives a text the same vector alone, among others and in any order', async () => {
    const texts = Array.from({ length: 77 }, (_, index) => CHARACTERS.join('').slice(0, 1 + ((index * 5) % 12)));
    const features = await encoder.encodeTexts(texts);
    const alone: number[] = [];
    for (const text of texts.slice(0, 12)) alone.push(...(await encoder.encodeTexts([text])));
    expectClose(features.subarray(0, 12 * model.dim), alone);

    const order = [...texts.keys()].sort((left, right) => ((left * 31) % 77) - ((right * 31) % 77));
    expectClose(await encoder.encodeTexts(order.map((row) => texts[row]!)), rowsOf(features, order));
  });

  it('takes 64, then eights, then one: a picture has the same vector in each', async () => {
    const size = model.side ** 2 * 3;
    const pixels = tf.tidy(() => tf.randomUniform([73 * size], 0, 1, 'float32', 2).dataSync()) as Float32Array;
    const features = await encoder.encodeImages(pixels, 73);
    const alone: number[] = [];
    for (const row of [0, 63, 64, 71, 72]) {
      alone.push(...(await encoder.encodeImages(pixels.slice(row * size, (row + 1) * size), 1)));
    }
    expectClose(rowsOf(features, [0, 63, 64, 71, 72]), alone);

    const boxes = Array.from({ length: 10 }, (_, row) => (row === 9 ? Float32Array.of(0, 0, 8, 8) : null));
    const boxed = await encoder.encodeImages(pixels.slice(0, 10 * size), 10, boxes);
    expectClose(rowsOf(boxed, [0, 8]), rowsOf(features, [0, 8]));
    expect(rowsOf(boxed, [9])).not.toEqual(rowsOf(features, [9]));
  });

  it('has no rows for no rows, keeps no tensors, and refuses pixels of another size', async () => {
    expect(await encoder.encodeTexts([])).toEqual(new Float32Array());
    expect(await encoder.encodeImages(new Float32Array(), 0)).toEqual(new Float32Array());
    await encoder.encodeTexts(['天地', '玄黄宇宙洪荒']);
    const { numTensors } = tf.memory();
    await encoder.encodeTexts(['日月', '盈昃宇宙洪荒']);
    expect(tf.memory().numTensors).toBe(numTensors);
    await expect(encoder.encodeImages(new Float32Array(5), 1)).rejects.toThrow(`5 values aren't 1 pictures of ${model.side} ×`);
  });
});
