import { writeFile } from 'node:fs/promises';
import { SPECIAL_TOKENS } from '@wenlan/model';

/** A vocabulary as large as that of the released text tower: special tokens, then Chinese characters. */
export async function writeVocabulary(file: string): Promise<void> {
  const characters = Array.from({ length: 21_128 - SPECIAL_TOKENS.length }, (_, index) => String.fromCodePoint(0x4e00 + index));
  await writeFile(file, `${[...SPECIAL_TOKENS, ...characters].join('\n')}\n`);
}
