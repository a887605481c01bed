import { bleu } from './bleu.ts';
import { captionPairs } from './caption-pairs.ts';
import type { CaptionCandidates, CaptionReferences } from './caption-pairs.ts';
import { resolveTokenizer } from './caption-tokenizer.ts';
import type { CaptionTokenizer } from './caption-tokenizer.ts';
import { ciderD } from './cider-d.ts';
import { meteor } from './meteor.ts';
import { rougeL } from './rouge-l.ts';

/** Figures scaled as pycocoevalcap scales them: CIDEr-D from 0 to 10, all others from 0 to 1. */
export interface CaptionScores {
  readonly 'BLEU-1': number;
  readonly 'BLEU-2': number;
  readonly 'BLEU-3': number;
  readonly 'BLEU-4': number;
  readonly METEOR: number;
  readonly 'ROUGE-L': number;
  readonly 'CIDEr-D': number;
  /** Always null: SPICE needs a parser of English scenes. */
  readonly SPICE: null;
  readonly conditions: CaptionConditions;
}

/** All that one must know to compare a figure with another. */
export interface CaptionConditions {
  readonly tokenizer: string;
  readonly pictures: number;
  readonly references: number;
  readonly fewestReferences: number;
  readonly mostReferences: number;
  /** Where CIDEr-D's document frequencies come from: the references scored. */
  readonly documentFrequency: 'corpus';
  readonly notes: Readonly<Record<'BLEU' | 'METEOR' | 'ROUGE-L' | 'CIDEr-D' | 'SPICE', string>>;
}

/** How captions are scored. */
export interface CaptionOptions {
  readonly tokenizer: CaptionTokenizer;
}

/**
 * Scores captions against references, equal to pycocoevalcap 1.2 on the same tokens.
 *
 * @param references for each id at least one sentence
 * @param candidates for each of these ids one sentence
 * @throws UserError `CAPTIONS_MISSING`, `CAPTIONS_UNKNOWN`, `CAPTION_EMPTY`, `CAPTIONS_SHAPE` naming the id, `TOKENIZER_UNKNOWN`
 */
export function scoreCaptions(
  references: CaptionReferences,
  candidates: CaptionCandidates,
  { tokenizer }: CaptionOptions,
): CaptionScores {
  const pairs = captionPairs(references, candidates, tokenizer);
  const [bleu1, bleu2, bleu3, bleu4] = bleu(pairs);
  const counts = pairs.map((pair) => pair.references.length);
  return {
    'BLEU-1': bleu1,
    'BLEU-2': bleu2,
    'BLEU-3': bleu3,
    'BLEU-4': bleu4,
    METEOR: meteor(pairs),
    'ROUGE-L': rougeL(pairs),
    'CIDEr-D': ciderD(pairs),
    SPICE: null,
    conditions: {
      tokenizer: resolveTokenizer(tokenizer).name,
      pictures: pairs.length,
      references: counts.reduce((sum, count) => sum + count, 0),
      fewestReferences: counts.reduce((least, count) => Math.min(least, count)),
      mostReferences: counts.reduce((most, count) => Math.max(most, count)),
      documentFrequency: 'corpus',
      notes: {
        BLEU: 'of the corpus, without smoothing, closest reference length',
        METEOR:
          'METEOR 1.5 with English parameters, exact matches only; it splits Chinese into characters whatever the tokenizer',
        'ROUGE-L': 'β = 1.2, best precision and best recall over references, mean over pictures',
        'CIDEr-D': 'document frequencies of the references scored, σ = 6, ×10',
        SPICE: 'unavailable for Chinese: it parses English scenes',
      },
    },
  };
}
