import { loader, readManifest } from '@wenlan/shards';
import type { Encoder } from './encoder.ts';
import { chooseText, type TextWeights } from './text-choice.ts';

/** How well pictures find their texts and texts their pictures. */
export interface Validation {
  pairs: number;
  /** Share of queries whose own partner is among the ten nearest, mean of both directions, in per cent. */
  recallAt10: number;
}

export interface ValidationSource {
  data: string;
  textWeights: TextWeights;
  maxPairs: number;
  seed: number;
  workers: number;
}

/** The first pairs of the validation split in a seeded order, ranked against each other; null where the split is empty. */
export async function validate(encoder: Encoder, source: ValidationSource): Promise<Validation | null> {
  const { data, textWeights, maxPairs, seed, workers } = source;
  const { shards } = await readManifest(data);
  const rows = shards.reduce((sum, shard) => sum + (shard.split === 'validation' ? shard.rows : 0), 0);
  if (rows === 0) return null;

  const { dim, side } = encoder;
  const batchSize = Math.min(64, rows);
  const image = { side, augment: 'none' as const };
  const images = new Float32Array(maxPairs * dim);
  const texts: string[] = [];
  for await (const batch of loader(data, { split: 'validation', batchSize, seed, epoch: 0, workers, image, dropLast: false })) {
    const count = Math.min(batch.ids.length, maxPairs - texts.length);
    const features = await encoder.encodeImages(batch.pixels.subarray(0, count * side * side * 3), count);
    images.set(features, texts.length * dim);
    batch.ids.slice(0, count).forEach((id, row) => texts.push(chooseText(batch.texts[row]!, textWeights, seed, 0, id) ?? ''));
    if (texts.length === maxPairs) break;
  }
  return { pairs: texts.length, recallAt10: recallAt10(images, await encoder.encodeTexts(texts), texts.length, dim) };
}

/** Equal scores rank by position, so a collapsed model doesn't score by accident. */
function recallAt10(images: Float32Array, texts: Float32Array, count: number, dim: number): number {
  const dot = (image: number, text: number): number => {
    let sum = 0;
    for (let axis = 0; axis < dim; axis++) sum += images[image * dim + axis]! * texts[text * dim + axis]!;
    return sum;
  };
  const scores = Array.from({ length: count }, (_, image) => Float32Array.from({ length: count }, (_, text) => dot(image, text)));
  let hits = 0;
  for (let own = 0; own < count; own++) {
    const score = scores[own]![own]!;
    let [betterTexts, betterImages] = [0, 0];
    for (let other = 0; other < count; other++) {
      const earlier = other < own;
      if (scores[own]![other]! > score || (earlier && scores[own]![other] === score)) betterTexts++;
      if (scores[other]![own]! > score || (earlier && scores[other]![own] === score)) betterImages++;
    }
    hits += Number(betterTexts < 10) + Number(betterImages < 10);
  }
  return (100 * hits) / (2 * count);
}
