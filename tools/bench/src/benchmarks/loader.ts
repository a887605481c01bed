import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { exportDataset } from '@wenlan/shards';
import type { Benchmark } from '../benchmark.ts';
import { writePhotographPairs } from '../data/photograph-pairs.ts';
import { ours, peer } from '../ours.ts';

const ROWS = 1024;
const SIDE = 224;
const BATCH_SIZE = 64;
const WORKERS = 2;
const EPOCHS = 1;

export const benchmark: Benchmark = {
  title: 'Training loader: decoding, random resized crop, flip, colour jitter, grey, 224 pixels',
  unit: 'samples',
  requirements: [
    'torch==2.14.1',
    'torchvision==0.29.2',
    'webdataset==1.0.2',
    'mosaicml-streaming==0.13.0',
    'numpy==2.1.3',
    'pillow==13.0.0',
  ],
  target: 1.3,
  repeats: 3,
  notes: `JPEGs of 500 × 375 that are photograph-like and texts, ${ROWS.toLocaleString('en-US')} rows in 8 shards, two workers on two cores, batches of ${BATCH_SIZE} as floats in 0..1,
one epoch after one that isn't counted. The crop has 0.2 to 1 of the area; brightness, contrast and saturation change by up to 0.4 and the hue by 0.1 in four of
five samples, one in five becomes grey, half are flipped. Peers decode with Pillow and change pictures with torchvision's transforms, from tars (\`webdataset\`, which shuffles
within a buffer of 1,000 rows) and MDS (\`mosaicml-streaming\`). Ours shuffles the whole epoch and has verified each shard's SHA-256 before.`,
  async prepare({ folder, python }) {
    const [pairs, tars, mds] = [join(folder, 'pairs'), join(folder, 'tars'), join(folder, 'mds')];
    await writePhotographPairs(pairs, ROWS, { folder: join(folder, 'photographs'), count: 256, width: 500, height: 375 });
    await exportDataset(pairs, { out: tars, format: 'webdataset', maxFileRows: ROWS / 8 });
    const [command, ...args] = peer(python, 'loader_torch', 'write', tars, mds);
    await promisify(execFile)(command!, args);
    const work = [SIDE, BATCH_SIZE, WORKERS, EPOCHS].map(String);
    return {
      sides: [
        { name: '@wenlan/shards', command: ours('loader', pairs, ...work) },
        { name: 'webdataset', command: peer(python, 'loader_torch', 'webdataset', tars, ...work) },
        { name: 'mosaicml-streaming', command: peer(python, 'loader_torch', 'mosaicml-streaming', mds, ...work) },
      ],
    };
  },
};
