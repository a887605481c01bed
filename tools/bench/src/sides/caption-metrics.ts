import { readFile } from 'node:fs/promises';
import { type CaptionScores, scoreCaptions } from '@wenlan/evaluation';

// Scores the candidates of argv[2] against its references; tokens stand between blanks.
const { references, candidates } = JSON.parse(await readFile(process.argv[2]!, 'utf8')) as {
  references: Record<string, string[]>;
  candidates: Record<string, string>;
};
const FIGURES = ['BLEU-1', 'BLEU-2', 'BLEU-3', 'BLEU-4', 'METEOR', 'ROUGE-L', 'CIDEr-D'] as const;

function scored(ids: readonly string[]): CaptionScores {
  const only = <T>(values: Record<string, T>): Record<string, T> => Object.fromEntries(ids.map((id) => [id, values[id]!]));
  return scoreCaptions(only(references), only(candidates), { tokenizer: 'space' });
}

const ids = Object.keys(references);
scored(ids.slice(0, 50));
const start = performance.now();
const scores = scored(ids);
const seconds = (performance.now() - start) / 1000;
const figures = Object.fromEntries(FIGURES.map((name) => [name, scores[name]]));
const output = FIGURES.map((name) => `${name} ${scores[name].toFixed(6)}`).join(' ');
process.stdout.write(`${JSON.stringify({ items: ids.length, seconds, output, figures })}\n`);
