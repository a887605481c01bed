import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Benchmark } from '../benchmark.ts';
import { writePhotographs } from '../data/photographs.ts';
import { ours } from '../ours.ts';

export const benchmark: Benchmark = {
  title: 'All image measures, the perceptual hash included, beside the decode alone',
  unit: 'images',
  requirements: [],
  target: 0.9,
  notes: `JPEGs of 1024 × 768 that are photograph-like, 16 times over; a second is one of processor time, of all threads together. Both sides decode a picture once, upright, in sRGB, and reduced to 128 pixels
on the way, which costs less than a whole decode; the first side then measures blur, entropy, grey, screenshot and the rest, and takes perceptual hashes and colour
signatures. The SHA-256 of the bytes, which dedup needs and is no measure of the picture, is left out.`,
  async prepare({ folder }) {
    await writePhotographs(folder, 32, 1024, 768);
    const names = (await readdir(folder)).sort();
    const list = join(folder, 'list.txt');
    await writeFile(list, names.map((name) => join(folder, name)).join('\n'));
    return {
      sides: [
        { name: 'all measures', command: ours('image-measures', list, '16', 'measures') },
        { name: 'decode alone', command: ours('image-measures', list, '16', 'decode') },
      ],
    };
  },
};
