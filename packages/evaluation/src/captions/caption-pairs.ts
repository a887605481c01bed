import { UserError } from '../user-error.ts';
import { resolveTokenizer } from './caption-tokenizer.ts';
import type { CaptionTokenizer } from './caption-tokenizer.ts';

/** For each id the sentences that people wrote: `{"id": ["句子", …]}`. */
export type CaptionReferences = Readonly<Record<string, readonly string[]>>;

/** For each id the one sentence of the system: `{"id": "句子"}`. */
export type CaptionCandidates = Readonly<Record<string, string>>;

/** One picture as the metrics see it, in tokens. */
export interface CaptionPair {
  readonly candidate: readonly string[];
  readonly references: readonly (readonly string[])[];
}

/**
 * Pairs each candidate with its references, in the order of the references.
 *
 * @throws UserError `CAPTIONS_SHAPE` if one is not of the format, `CAPTIONS_MISSING` if there are none or an id has no candidate,
 *   `CAPTIONS_UNKNOWN` if a candidate has no references, `CAPTION_EMPTY` if an id has none or a sentence has no token
 */
export function captionPairs(
  references: CaptionReferences,
  candidates: CaptionCandidates,
  tokenizer: CaptionTokenizer,
): CaptionPair[] {
  checkObject('references', references, '{"id": ["句子"]}');
  checkObject('candidates', candidates, '{"id": "句子"}');
  const ids = Object.keys(references);
  if (ids.length === 0)
    throw new UserError('CAPTIONS_MISSING', 'references has no ids; give at least one (is the split empty?).');
  const missing = ids.filter((id) => !Object.hasOwn(candidates, id));
  if (missing.length > 0) {
    throw new UserError(
      'CAPTIONS_MISSING',
      `candidates lacks ${named(missing)} of references; caption every picture, or leave it out of both.`,
    );
  }
  const extra = Object.keys(candidates).filter((id) => !Object.hasOwn(references, id));
  if (extra.length > 0) {
    throw new UserError(
      'CAPTIONS_UNKNOWN',
      `candidates has ${named(extra)}, which references lacks; score them against the split they were made for.`,
    );
  }
  const { name, tokens } = resolveTokenizer(tokenizer);
  const tokensOf = (sentence: unknown, where: string): readonly string[] => {
    if (typeof sentence !== 'string') {
      throw new UserError('CAPTIONS_SHAPE', `${where} is ${JSON.stringify(sentence)}; it must be one sentence in a string.`);
    }
    const found = tokens(sentence);
    if (found.length === 0) {
      throw new UserError(
        'CAPTION_EMPTY',
        `${where} is ${JSON.stringify(sentence)}, without a token of ${name}; give a sentence, or leave the id out of both.`,
      );
    }
    return found;
  };
  return ids.map((id) => {
    const sentences = references[id];
    if (!Array.isArray(sentences)) {
      throw new UserError(
        'CAPTIONS_SHAPE',
        `references of id "${id}" is ${JSON.stringify(sentences)}; it must be a list of sentences.`,
      );
    }
    if (sentences.length === 0) {
      throw new UserError(
        'CAPTION_EMPTY',
        `references of id "${id}" is an empty list; give at least one sentence, or leave the id out of both.`,
      );
    }
    return {
      candidate: tokensOf(candidates[id], `the candidate of id "${id}"`),
      references: sentences.map((sentence, i) => tokensOf(sentence, `reference ${i} of id "${id}"`)),
    };
  });
}

function checkObject(name: string, value: unknown, format: string): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UserError('CAPTIONS_SHAPE', `${name} is not an object of ids; its format is ${format}.`);
  }
}

function named(ids: readonly string[]): string {
  const rest = ids.length - 1;
  return `id "${ids[0]}"${rest === 0 ? '' : ` and ${rest} ${rest === 1 ? 'other' : 'others'}`}`;
}
