import { normalizeRows, readVectors, retrieval, scoreJson, type TieRule, type Truth } from '@wenlan/evaluation';
import type { CommandContext } from '../command-context.ts';
import { engineMatMul } from '../engine-mat-mul.ts';
import { readJson } from '../read-json.ts';
import { recallLines } from '../recall-lines.ts';
import { UsageError } from '../usage-error.ts';

export interface ScoreRetrievalCommandOptions {
  images: string;
  texts: string;
  truth: string;
  at: number[];
  normalize?: boolean;
  ties: TieRule;
}

/** Retrieval in both directions over vectors that any model wrote. */
export async function scoreRetrievalCommand(options: ScoreRetrievalCommandOptions, context: CommandContext): Promise<void> {
  const [images, texts] = [await readVectors(options.images), await readVectors(options.texts)];
  const truth = await readJson(options.truth);
  if (!Array.isArray(truth) || !truth.every(Array.isArray)) {
    throw new UsageError(
      'TRUTH_SHAPE',
      `${options.truth} is no list of lists; give for each text the row numbers of its images, such as [[0], [1, 2]].`,
    );
  }
  const matMul = await engineMatMul(images.rows * texts.rows * images.dim);
  if (options.normalize) {
    normalizeRows('images', images, images.values);
    normalizeRows('texts', texts, texts.values);
  }
  const result = await retrieval({
    images,
    texts,
    truth: truth as Truth,
    recallAt: options.at,
    ties: options.ties,
    matMul,
    captionPolicy: 'each row of the texts is a text of its own',
    notes: { normalized: options.normalize ? 'yes' : 'no' },
    signal: context.signal,
  });
  context.print(scoreJson(result), [`${images.rows} pictures, ${texts.rows} texts`, ...recallLines(result)]);
}
