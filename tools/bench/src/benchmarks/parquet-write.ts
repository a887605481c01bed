import type { Benchmark } from '../benchmark.ts';
import { ours } from '../ours.ts';

const ROWS = 1500;

export const benchmark: Benchmark = {
  title: 'Writing pictures of 20 KB as Parquet and as Arrow',
  unit: 'MB',
  requirements: [],
  repeats: 3,
  notes: `${ROWS.toLocaleString('en-US')} rows of an id, a text and a picture that doesn't compress, in row groups and shards of at most 1,000, synced to the disk; snappy pages, the pictures' own
uncompressed. The first is what \`exportDataset\` writes Parquet with. *Arrow shards* is \`openDataset\` with all that it does: every column of a pair, SHA-256 and
commit of each shard.`,
  prepare: () =>
    Promise.resolve({
      sides: [
        { name: 'hyparquet-writer', command: ours('parquet-write', 'hyparquet-writer', String(ROWS)) },
        { name: 'parquetjs-lite', command: ours('parquet-write', 'parquetjs-lite', String(ROWS)) },
        { name: 'Arrow shards', command: ours('parquet-write', 'arrow', String(ROWS)) },
      ],
    }),
};
