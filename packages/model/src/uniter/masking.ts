import type { EncodedTexts } from '../tokenizer.ts';
import { seededUint32, seededUniform } from '../seeded.ts';

/** What is hidden of a batch: of every second pair words, of the others regions, never both of one pair. */
export interface Masking {
  ids: Int32Array; // [batch, tokens], some of them hidden
  /** Rows of the stream whose word is asked for: batch row · (tokens + boxes) + token. */
  places: Int32Array; // [asked]
  /** The words that stood there. */
  words: Int32Array; // [asked]
  /** 0 on what only fills up. */
  weights: Float32Array; // [asked]
  regions: Float32Array; // [batch, boxes], 1 where a region is hidden
}

export interface MaskingOptions {
  boxes: number;
  share: number;
  maskId: number;
  vocabularySize: number;
  /** Of these pairs, in the batch of all ranks: a pair is masked alike on whichever rank it is. */
  firstRow: number;
  /** Distinguishes runs and steps. */
  draw: readonly (string | number)[];
}

/**
 * Conditional masking (UNITER, section 3.2): one modality is hidden, the other whole. Of the words chosen 80 % become [MASK], 10 % another
 * word, 10 % stay, as in BERT. Drawn by name, so that it needs no state.
 */
export function maskPairs({ ids, mask, count, tokens }: EncodedTexts, options: MaskingOptions): Masking {
  const { boxes, share, maskId, vocabularySize, firstRow, draw } = options;
  const asked = Math.max(1, Math.round(share * tokens));
  const hidden = Int32Array.from(ids);
  const rows = Math.ceil(count / 2); // of words
  const places = new Int32Array(rows * asked);
  const words = new Int32Array(rows * asked);
  const weights = new Float32Array(rows * asked);
  const regions = new Float32Array(count * boxes);
  for (let row = 0; row < count; row++) {
    const place = firstRow + row;
    if (place % 2 === 1) {
      for (const box of drawn(boxes, share, [...draw, 'region', place])) regions[row * boxes + box] = 1;
      continue;
    }
    const length = mask.subarray(row * tokens, (row + 1) * tokens).reduce((sum, value) => sum + value, 0);
    // between [CLS] and [SEP]
    const chosen = length < 3 ? [] : drawn(length - 2, share, [...draw, 'word', place]).slice(0, asked);
    for (const [index, word] of chosen.entries()) {
      const at = row * tokens + 1 + word;
      const slot = (row >> 1) * asked + index;
      places[slot] = row * (tokens + boxes) + 1 + word;
      words[slot] = ids[at]!;
      weights[slot] = 1;
      const lot = seededUniform(...draw, 'replacement', place, word);
      if (lot < 0.8) hidden[at] = maskId;
      else if (lot < 0.9) hidden[at] = seededUint32(...draw, 'other', place, word) % vocabularySize;
    }
  }
  return { ids: hidden, places, words, weights, regions };
}

/** A share of the numbers below `count`, at least one. */
function drawn(count: number, share: number, draw: readonly (string | number)[]): number[] {
  const lots = Array.from({ length: count }, (_, index) => ({ index, lot: seededUniform(...draw, index) }));
  return lots
    .sort((a, b) => a.lot - b.lot)
    .slice(0, Math.max(1, Math.round(share * count)))
    .map(({ index }) => index);
}
