import { loader, readManifest } from '@wenlan/shards';
import type { Ranker } from './ranker.ts';
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
export async function validate(ranker: Ranker, source: ValidationSource): Promise<Validation | null> {
  const { data, textWeights, maxPairs, seed, workers } = source;
  const { shards } = await readManifest(data);
  const rows = shards.reduce((sum, shard) => sum + (shard.split === 'validation' ? shard.rows : 0), 0);
  if (rows === 0) return null;

  const { imageValues, side } = ranker;
  const batchSize = Math.min(64, rows);
  const image = { side, augment: 'none' as const };
  const images = new Float32Array(maxPairs * imageValues);
  const texts: string[] = [];
  for await (const batch of loader(data, { split: 'validation', batchSize, seed, epoch: 0, workers, image, dropLast: false })) {
    const count = Math.min(batch.ids.length, maxPairs - texts.length);
    const features = await ranker.encodeImages(batch.pixels.subarray(0, count * side * side * 3), count, batch.boxes);
    images.set(features, texts.length * imageValues);
    batch.ids.slice(0, count).forEach((id, row) => texts.push(chooseText(batch.texts[row]!, textWeights, seed, 0, id) ?? ''));
    if (texts.length === maxPairs) break;
  }
  const count = texts.length;
  const scores = await ranker.scoreAll(images.subarray(0, count * imageValues), texts);
  return { pairs: count, recallAt10: recallAt10(scores, count) };
}

/**
 * Equal scores rank by position, so a collapsed model doesn't score by accident.
 * @param scores [count, count]
 */
function recallAt10(scores: Float32Array, count: number): number {
  let hits = 0;
  for (let own = 0; own < count; own++) {
    const score = scores[own * count + own]!;
    let [betterTexts, betterImages] = [0, 0];
    for (let other = 0; other < count; other++) {
      const earlier = other < own;
      const [ofImage, ofText] = [scores[own * count + other]!, scores[other * count + own]!];
      if (ofImage > score || (earlier && ofImage === score)) betterTexts++;
      if (ofText > score || (earlier && ofText === score)) betterImages++;
    }
    hits += Number(betterTexts < 10) + Number(betterImages < 10);
  }
  return (100 * hits) / (2 * count);
}
