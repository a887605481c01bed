import { access, copyFile, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '@wenlan/shards';
import { VOCABULARY_FILES } from './run-record.ts';
import { SPECIAL_TOKENS, Tokenizer } from './tokenizer.ts';
import type { ResolvedTrainConfig } from './train-config.ts';
import { buildVocabulary, readTexts } from './vocabulary.ts';

/** What a tokenizer is made of; ranks that don't see the run's folder are given it. */
export interface VocabularyFile {
  file: string;
  text: string;
}

/**
 * The vocabulary of a run. At its first call it builds it from the texts of the train split, or copies the file that the settings name,
 * into the folder of the run.
 * @throws UserError if the texts hold nothing to make tokens of
 */
export async function prepareVocabulary(
  out: string,
  data: string,
  source: ResolvedTrainConfig['vocabulary'],
): Promise<VocabularyFile> {
  const file = (await findVocabulary(out)) ?? (await makeVocabulary(out, data, source));
  return { file, text: await readFile(file, 'utf8') };
}

async function makeVocabulary(out: string, data: string, source: ResolvedTrainConfig['vocabulary']): Promise<string> {
  const file = join(out, typeof source === 'string' && source.endsWith('.json') ? 'tokenizer.json' : 'vocab.txt');
  const temporary = `${file}.tmp`;
  if (typeof source === 'string') {
    await Tokenizer.load(source);
    await copyFile(source, temporary);
  } else {
    const tokens = await buildVocabulary(readTexts(data, ['train']), source);
    if (tokens.length === SPECIAL_TOKENS.length) {
      throw new UserError('NO_TEXTS', `The train split of ${data} has no usable texts; clean a dataset that has some.`);
    }
    await writeFile(temporary, `${tokens.join('\n')}\n`);
  }
  await rename(temporary, file);
  return file;
}

/** @throws UserError if the run has no vocabulary yet */
export async function loadTokenizer(out: string): Promise<Tokenizer> {
  const file = await findVocabulary(out);
  if (file === undefined) throw new UserError('RUN_WITHOUT_VOCABULARY', `${out} has no vocab.txt; finish its training first.`);
  return Tokenizer.load(file);
}

async function findVocabulary(out: string): Promise<string | undefined> {
  for (const name of VOCABULARY_FILES) {
    const file = join(out, name);
    const found = await access(file).then(
      () => true,
      () => false,
    );
    if (found) return file;
  }
  return undefined;
}
