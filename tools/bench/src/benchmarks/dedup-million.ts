import type { Benchmark } from '../benchmark.ts';
import { ours } from '../ours.ts';

const ROWS = 1_000_000;

export const benchmark: Benchmark = {
  title: 'Exact, perceptual and MinHash dedup of a million signatures',
  unit: 'signatures',
  requirements: [],
  repeats: 1,
  notes: `Every other signature is a copy of one of the thousand originals before it, in a quarter of the cases each: same bytes; same canonical URL; a
perceptual hash with exactly 8 other bits and colours up to 20 levels off; a text of 20 to 60 characters with 1 to 3 others, whose
Jaccard similarity of pairs of characters is at least 0.8. Pictures, texts and URLs lie in files beyond 32 MB a column. To be reached: recall 100 % exact and
perceptual, 99 % MinHash, peak memory below 1.5 GB. The rate leaves out the making of the signatures, which is timed apart.`,
  prepare: () => Promise.resolve({ sides: [{ name: 'WenLan', command: ours('dedup-million', String(ROWS)) }] }),
};
