import { setImmediate } from 'node:timers/promises';
import { allocatePacked, innerProduct, multiply, pack } from './inner-products.ts';
import type { Packed } from './inner-products.ts';
import { type Counts, newCounts, noteTie, type QueryRanks, type RankOptions, type TieRule } from './rank-counts.ts';
import { countBetterByMatMul } from './ranks-by-mat-mul.ts';
import { textsPerImage } from './truth.ts';
import type { Truth } from './truth.ts';
import type { Vectors } from './vectors.ts';

const IMAGE_TILE = 256;
const TEXT_TILE = 96;
/** Multiplications between two breaths of the event loop: about a tenth of a second. */
const WORK_PER_BREATH = 2e8;

/**
 * Ranks of the best right answers in both directions, without ever holding the whole score matrix: each score is computed once, in tiles,
 * and compared with the score of the best right answer of its image and of its text. Beside the vectors, memory is a few megabytes.
 *
 * The vectors and the truth must have been checked.
 */
export async function rankBothWays(
  images: Vectors,
  texts: Vectors,
  truth: Truth,
  options: RankOptions,
): Promise<{ i2t: QueryRanks; t2i: QueryRanks }> {
  const ofImage = newCounts(images.rows);
  const ofText = newCounts(texts.rows);
  for (const [text, rows] of truth.entries()) {
    for (const image of rows) {
      const score = innerProduct(images, image, texts, text);
      noteRightAnswer(ofImage, image, text, score);
      noteRightAnswer(ofText, text, image, score);
    }
  }
  const asked = textsPerImage(truth, images.rows);
  asked.forEach((count, image) => {
    if (count === 0) ofImage.best[image] = Infinity;
  });
  if (options.matMul === undefined) await countBetter(images, texts, ofImage, ofText, options);
  else await countBetterByMatMul(images, texts, [ofImage, ofText], options.matMul, options);
  return {
    i2t: toRanks(
      ofImage,
      Uint32Array.from(asked.keys()).filter((image) => asked[image]! > 0),
      options.ties,
    ),
    t2i: toRanks(ofText, Uint32Array.from(truth.keys()), options.ties),
  };
}

function noteRightAnswer(counts: Counts, query: number, answer: number, score: number): void {
  const best = counts.best[query]!;
  if (score > best) {
    counts.best[query] = score;
    counts.first[query] = answer;
    counts.rightTied[query] = 1;
  } else if (score === best) {
    counts.first[query] = Math.min(counts.first[query]!, answer);
    counts.rightTied[query]! += 1;
  }
}

async function countBetter(
  images: Vectors,
  texts: Vectors,
  ofImage: Counts,
  ofText: Counts,
  options: RankOptions,
): Promise<void> {
  const { dim } = images;
  const imageTile = allocatePacked(Math.min(IMAGE_TILE, images.rows), dim);
  const textTile = allocatePacked(Math.min(TEXT_TILE, texts.rows), dim);
  const scores = new Float64Array(imageTile.capacity * textTile.capacity); // [image tile, text tile]
  const total = images.rows * texts.rows;
  let done = 0;
  let work = 0;
  for (let image = 0; image < images.rows; image += IMAGE_TILE) {
    pack(images, image, Math.min(IMAGE_TILE, images.rows - image), imageTile);
    for (let text = 0; text < texts.rows; text += TEXT_TILE) {
      pack(texts, text, Math.min(TEXT_TILE, texts.rows - text), textTile);
      multiply(imageTile, textTile, dim, scores);
      countTile(scores, imageTile, image, textTile, text, ofImage, ofText);
      const pairs = imageTile.rows * textTile.rows;
      done += pairs;
      work += pairs * dim;
      if (work > WORK_PER_BREATH) {
        work = 0;
        options.onProgress?.(done, total);
        await setImmediate();
        options.signal?.throwIfAborted();
      }
    }
  }
  options.onProgress?.(total, total);
}

function countTile(
  scores: Float64Array,
  imageTile: Packed,
  imageStart: number,
  textTile: Packed,
  textStart: number,
  ofImage: Counts,
  ofText: Counts,
): void {
  const stride = textTile.capacity;
  for (let i = 0; i < imageTile.rows; i++) {
    const image = imageStart + i;
    const bestOfImage = ofImage.best[image]!;
    let betterTexts = 0;
    for (let j = 0; j < textTile.rows; j++) {
      const score = scores[i * stride + j]!;
      const text = textStart + j;
      const bestOfText = ofText.best[text]!;
      if (score > bestOfImage) betterTexts += 1;
      else if (score === bestOfImage) noteTie(ofImage, image, text);
      if (score > bestOfText) ofText.better[text]! += 1;
      else if (score === bestOfText) noteTie(ofText, text, image);
    }
    ofImage.better[image]! += betterTexts;
  }
}

function toRanks(counts: Counts, queries: Uint32Array, ties: TieRule): QueryRanks {
  let tiedQueries = 0;
  const ranks = queries.map((query) => {
    const wrongTied = counts.tied[query]! - counts.rightTied[query]!;
    if (wrongTied > 0) tiedQueries += 1;
    const before = ties === 'index' ? counts.tiedBefore[query]! : ties === 'pessimistic' ? wrongTied : 0;
    return 1 + counts.better[query]! + before;
  });
  return { queries, ranks, tiedQueries };
}
