import { setImmediate } from 'node:timers/promises';
import { innerProduct } from './inner-products.ts';
import { type MatMul, roundingSlack } from './mat-mul.ts';
import { type Counts, noteTie, type RankOptions } from './rank-counts.ts';
import type { Vectors } from './vectors.ts';

/** Rows of both matrices whose scores are held at once: 16 MB of them. */
const TILE = 2048;

/**
 * Counts for each query the gallery rows that score higher than its best right answer, and those that score equal, by a matrix product
 * in float32. A score that lies so near to the best right answer's that rounding might decide is computed again, exactly: the ranks are
 * those of the exact scores, bit for bit ties included, at the price of a few inner products a query.
 */
export async function countBetterByMatMul(
  images: Vectors,
  texts: Vectors,
  [ofImage, ofText]: readonly [Counts, Counts],
  matMul: MatMul,
  options: RankOptions,
): Promise<void> {
  const { dim } = images;
  const [imageNorms, textNorms] = [norms(images), norms(texts)];
  const slack = roundingSlack(dim);
  const ofImages = bounds(ofImage.best, imageNorms, slack * largest(textNorms));
  const ofTexts = bounds(ofText.best, textNorms, slack * largest(imageNorms));
  const total = images.rows * texts.rows;
  let done = 0;
  for (let text = 0; text < texts.rows; text += TILE) {
    const textRows = Math.min(TILE, texts.rows - text);
    const textTile = texts.values.subarray(text * dim, (text + textRows) * dim);
    for (let image = 0; image < images.rows; image += TILE) {
      const imageRows = Math.min(TILE, images.rows - image);
      const imageTile = images.values.subarray(image * dim, (image + imageRows) * dim);
      const scores = await matMul.multiply(imageTile, imageRows, textTile, textRows, dim);
      countTile(scores, image, imageRows, text, textRows);
      done += imageRows * textRows;
      options.onProgress?.(done, total);
      await setImmediate();
      options.signal?.throwIfAborted();
    }
  }

  function countTile(scores: Float32Array, imageStart: number, imageRows: number, textStart: number, textRows: number): void {
    const low = ofTexts.low.subarray(textStart, textStart + textRows);
    const high = ofTexts.high.subarray(textStart, textStart + textRows);
    const better = ofText.better.subarray(textStart, textStart + textRows);
    let at = 0;
    for (let i = 0; i < imageRows; i++) {
      const image = imageStart + i;
      const [lowOfImage, highOfImage] = [ofImages.low[image]!, ofImages.high[image]!];
      let betterTexts = 0;
      for (let j = 0; j < textRows; j++) {
        const score = scores[at++]!;
        if (score >= lowOfImage) {
          if (score > highOfImage) betterTexts += 1;
          else decide(ofImage, image, textStart + j, innerProduct(images, image, texts, textStart + j));
        }
        if (score >= low[j]!) {
          if (score > high[j]!) better[j]! += 1;
          else decide(ofText, textStart + j, image, innerProduct(images, image, texts, textStart + j));
        }
      }
      ofImage.better[image]! += betterTexts;
    }
  }
}

function decide(counts: Counts, query: number, answer: number, score: number): void {
  const best = counts.best[query]!;
  if (score > best) counts.better[query]! += 1;
  else if (score === best) noteTie(counts, query, answer);
}

/** Between which float32 scores the exact one might be the best right answer's; a row that is no query has neither. */
function bounds(best: Float64Array, rowNorms: Float64Array, slack: number): { low: Float64Array; high: Float64Array } {
  return {
    low: best.map((score, row) => score - slack * rowNorms[row]!),
    high: best.map((score, row) => score + slack * rowNorms[row]!),
  };
}

function norms({ values, rows, dim }: Vectors): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => {
    let sum = 0;
    for (let at = row * dim; at < (row + 1) * dim; at++) sum += values[at]! * values[at]!;
    return Math.sqrt(sum);
  });
}

function largest(values: Float64Array): number {
  return values.reduce((a, b) => Math.max(a, b), 0);
}
