import { join } from 'node:path';
import type { Benchmark } from '../benchmark.ts';
import { writePhotographPairs } from '../data/photograph-pairs.ts';
import { ours, peer } from '../ours.ts';

const ROWS = 8192;
const PASSES = 20;

export const benchmark: Benchmark = {
  title: 'Reading pictures and texts from Arrow shards',
  unit: 'rows',
  requirements: ['pyarrow==26.0.1', 'numpy==2.4.6'],
  repeats: 3,
  notes: `${ROWS.toLocaleString('en-US')} rows with a JPEG of some 24 KB and a caption, in shards of 256 rows, from the page cache; ${PASSES} passes after one that isn't counted, in which
ours also verifies every SHA-256. Ours is \`readPairs\` with the columns \`image\` and \`texts\`: each picture a Buffer, each text a string. *fs* is \`readFile\` of the
same shards. *pyarrow, batches* leaves what it read in Arrow's memory, on one thread; *pyarrow, objects* makes bytes and strings of it as ours does. To be reached: at most
1.3 times the time of *fs*, which is 0.77 × its rate, and the rate of pyarrow.`,
  async prepare({ folder, python }) {
    const pairs = join(folder, 'pairs');
    await writePhotographPairs(pairs, ROWS, { folder: join(folder, 'photographs'), count: 256, width: 500, height: 375 });
    const work = [pairs, String(PASSES)];
    return {
      sides: [
        { name: '@wenlan/shards', command: ours('shards-read', 'shards', ...work) },
        { name: 'fs', command: ours('shards-read', 'fs', ...work) },
        { name: 'pyarrow, batches', command: peer(python, 'shards_read', 'batches', ...work) },
        { name: 'pyarrow, objects', command: peer(python, 'shards_read', 'objects', ...work) },
      ],
    };
  },
};
