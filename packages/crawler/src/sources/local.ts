import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileSourceAdapter } from './file-source.ts';
import { pageOfRow } from './list.ts';
import { openRows } from './open-rows.ts';

/** Names of a file that holds the captions of a folder, the first that is there. */
const CAPTION_FILES = ['captions', 'metadata'].flatMap((name) => ['csv', 'tsv', 'jsonl'].map((type) => `${name}.${type}`));

/**
 * Folders of pictures with their texts: a `.txt`, `.caption` or `.json` beside each, or one file of captions (`captions.csv`,
 * `.tsv`, `.jsonl`, or `metadata` as the imagefolder of Hugging Face calls it) with the paths of the pictures, which may also be
 * named itself. Nothing is fetched.
 */
export const local: FileSourceAdapter = {
  kind: 'local',
  async open({ seeds, columns }) {
    const inputs = await Promise.all(seeds.map(captionsOf));
    return openRows(inputs, columns, (row) => {
      const { image, outcome } = row;
      return pageOfRow(row, image === null ? { outcome: outcome ?? 'filtered:no-image' } : { bytes: image });
    });
  },
};

/** The file of captions of a folder, or the folder itself. */
async function captionsOf(folder: string): Promise<string> {
  for (const name of CAPTION_FILES) {
    const stats = await stat(join(folder, name)).catch(() => null);
    if (stats?.isFile() === true) return join(folder, name);
  }
  return folder;
}
