import type { Pair } from '@wenlan/shards';
import type { PairScorer } from '../bands/pair-scorer.ts';
import type { MeasuredRow } from './measure-row.ts';

/** Asks a scorer about the rows of a batch whose pictures decode, and writes its answers into the measured rows. */
export async function scorePairs(scorer: PairScorer, rows: readonly Pair[], measured: readonly MeasuredRow[]): Promise<void> {
  const places = [...measured.keys()].filter((at) => measured[at]!.picture !== null && measured[at]!.texts.length > 0);
  if (places.length === 0) return;
  const scores = await scorer.score(
    places.map((at) => {
      const { id, image, width, height, boxes } = rows[at]!;
      return { id, image: image!, width, height, boxes, texts: measured[at]!.texts.map(({ text }) => text) };
    }),
  );
  if (scores.length !== places.length)
    throw new Error(`The scorer ${scorer.name} gave ${scores.length} scores for ${places.length} pairs.`);
  for (const [index, at] of places.entries()) {
    const { correlations, vector } = scores[index]!;
    measured[at]!.scored = {
      correlations: correlations.map((value) => (Number.isFinite(value) ? Math.fround(value) : null)),
      vector: vector === undefined ? null : Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64'),
    };
  }
}
