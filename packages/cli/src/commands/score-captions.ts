import { createRequire } from 'node:module';
import { type CaptionCandidates, type CaptionReferences, type CaptionTokenizer, scoreCaptions } from '@wenlan/evaluation';
import { Jieba } from '@node-rs/jieba';
import { dict } from '@node-rs/jieba/dict.js';
import type { CommandContext } from '../command-context.ts';
import { readJson } from '../read-json.ts';
import { UsageError } from '../usage-error.ts';

export interface ScoreCaptionsCommandOptions {
  references: string;
  candidates: string;
  /** `char`, `space` or `jieba`. */
  tokenizer: string[];
}

const FIGURES = ['BLEU-1', 'BLEU-2', 'BLEU-3', 'BLEU-4', 'METEOR', 'ROUGE-L', 'CIDEr-D'] as const;

/** Scores captions by every tokenizer that is asked for; the result is keyed by them. */
export async function scoreCaptionsCommand(options: ScoreCaptionsCommandOptions, context: CommandContext): Promise<void> {
  const references = (await readJson(options.references)) as CaptionReferences;
  const candidates = (await readJson(options.candidates)) as CaptionCandidates;
  const scores = options.tokenizer.map(
    (name) => [name, scoreCaptions(references, candidates, { tokenizer: tokenizerOf(name) })] as const,
  );
  context.print(
    Object.fromEntries(scores),
    scores.flatMap(([name, figures]) => FIGURES.map((figure) => `${name}  ${figure.padEnd(8)}${figures[figure].toFixed(4)}`)),
  );
}

function tokenizerOf(name: string): CaptionTokenizer {
  if (name === 'char' || name === 'space') return name;
  if (name !== 'jieba') throw new UsageError('TOKENIZER_UNKNOWN', `there is no tokenizer "${name}"; use char, jieba or space.`);
  const { version } = createRequire(import.meta.url)('@node-rs/jieba/package.json') as { version: string };
  const jieba = Jieba.withDict(dict);
  return { name: `jieba ${version}`, tokens: (sentence) => jieba.cut(sentence, true) };
}
