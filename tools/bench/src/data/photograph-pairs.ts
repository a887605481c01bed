import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { emptyPair, openDataset, pairId } from '@wenlan/shards';
import { captions } from './captions.ts';
import { writePhotographs } from './photographs.ts';

/** Writes a dataset of photograph-like JPEGs with captions. Each picture comes in several rows, since they take long to draw. */
export async function writePhotographPairs(
  location: string,
  rows: number,
  pictures: { folder: string; count: number; width: number; height: number },
): Promise<void> {
  await writePhotographs(pictures.folder, pictures.count, pictures.width, pictures.height);
  const names = (await readdir(pictures.folder)).sort();
  const images = await Promise.all(names.map((name) => readFile(join(pictures.folder, name))));
  const writer = await openDataset(location, { stage: 'bench', recipe: {}, maxShardRows: 256 });
  for (const [number, text] of captions(rows).entries()) {
    const imageUrl = `https://img.example/${number}.jpg`;
    const image = images[number % images.length]!;
    await writer.append(
      [
        emptyPair({
          id: pairId(imageUrl, null),
          source: 'web',
          outcome: 'ok',
          imageUrl,
          image,
          mime: 'image/jpeg',
          width: pictures.width,
          height: pictures.height,
          sha256: createHash('sha256').update(image).digest(),
          texts: [{ kind: 'caption', text }],
        }),
      ],
      'train',
    );
  }
  await writer.finish();
  await writer.close();
}
