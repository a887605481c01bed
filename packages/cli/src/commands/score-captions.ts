import { readFile } from 'node:fs/promises';
import { type CaptionCandidates, type CaptionReferences, type CaptionTokenizer, scoreCaptions } from '@wenlan/evaluation';
import type { CommandContext } from '../command-context.ts';
import { UsageError } from '../usage-error.ts';

export interface ScoreCaptionsCommandOptions {
  references: string;
  candidates: string;
  tokenizer: Extract<CaptionTokenizer, string>[];
}

const FIGURES = ['BLEU-1', 'BLEU-2', 'BLEU-3', 'BLEU-4', 'METEOR', 'ROUGE-L', 'CIDEr-D'] as const;

/** Scores captions by every tokenizer that is asked for; the result is keyed by them. */
export async function scoreCaptionsCommand(options: ScoreCaptionsCommandOptions, context: CommandContext): Promise<void> {
  const references = (await readJson(options.references)) as CaptionReferences;
  const candidates = (await readJson(options.candidates)) as CaptionCandidates;
  const scores = options.tokenizer.map((tokenizer) => [tokenizer, scoreCaptions(references, candidates, { tokenizer })] as const);
  context.print(
    Object.fromEntries(scores),
    scores.flatMap(([tokenizer, figures]) => FIGURES.map((name) => `${tokenizer}  ${name.padEnd(8)}${figures[name].toFixed(4)}`)),
  );
}

async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError('FILE_MISSING', `${file} can't be read (${error.code}); name another file.`);
  });
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new UsageError('FILE_NOT_JSON', `${file} is no JSON (${(error as Error).message}); mend it there.`, { cause: error });
  }
}
