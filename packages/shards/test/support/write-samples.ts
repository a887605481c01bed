import { openDataset } from '../../src/dataset-writer.ts';
import type { DatasetWriter } from '../../src/dataset-writer.ts';
import { sampleRows } from './sample-rows.ts';

const ROWS = 600;
const IMAGE_BYTES = 4096;
const CHUNK_ROWS = 10;

/** A stage as any other: it produces its rows anew and leaves out those that an earlier run committed. */
export async function writeSamples(location: string, onCommit: () => void = () => {}): Promise<void> {
  const writer = await openDataset(location, { stage: 'test', recipe: { seed: 1 }, maxShardRows: 12 });
  try {
    if (!writer.complete) await produce(writer, onCommit);
  } finally {
    await writer.close();
  }
}

async function produce(writer: DatasetWriter, onCommit: () => void): Promise<void> {
  const rest = { train: writer.rowsCommitted('train'), dropped: writer.rowsCommitted('dropped') };
  const rows = sampleRows(ROWS, IMAGE_BYTES);
  for (let start = 0; start < ROWS; start += CHUNK_ROWS) {
    for (const split of ['train', 'dropped'] as const) {
      const chunk = rows.slice(start, start + CHUNK_ROWS).filter(({ outcome }) => (outcome === 'ok') === (split === 'train'));
      const skipped = Math.min(rest[split], chunk.length);
      rest[split] -= skipped;
      const committed = await writer.append(chunk.slice(skipped), split);
      if (committed.length > 0) onCommit();
    }
  }
  await writer.finish({ note: 'done' });
}
