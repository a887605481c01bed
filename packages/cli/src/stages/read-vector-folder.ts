import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoredVectors } from '@wenlan/cleaning';
import { readNpy } from '@wenlan/evaluation';
import { UsageError } from '../usage-error.ts';

const PICTURES = 'pictures.arrow';
const CAPTIONS = 'captions.arrow';

/**
 * Vectors of pictures and texts by the pairs' ids: what `wenlan encode` wrote as pictures.arrow and captions.arrow, of which those pairs are
 * taken that both have; or images.npy, texts.npy and ids.txt of any model.
 * @throws UsageError VECTORS_MISSING, VECTORS_OF_TWO_MODELS; UserError VECTOR_FILE
 */
export async function readVectorFolder(folder: string): Promise<StoredVectors> {
  const [hasPictures, hasCaptions] = await Promise.all([PICTURES, CAPTIONS].map((name) => isThere(join(folder, name))));
  if (hasPictures! || hasCaptions!) return readEncoded(folder);
  const missing = (error: NodeJS.ErrnoException): never => {
    throw new UsageError(
      'VECTORS_MISSING',
      `The vectors in ${folder} can't be read (${error.code ?? error.message}); it has to hold ${PICTURES} and ${CAPTIONS} of \`wenlan encode\`, or images.npy, texts.npy and ids.txt, a row and a line for each pair.`,
    );
  };
  const ids = (await readFile(join(folder, 'ids.txt'), 'utf8').catch(missing)).split(/\r?\n/u).filter(Boolean);
  const images = await readNpy(join(folder, 'images.npy')).catch(missing);
  const texts = await readNpy(join(folder, 'texts.npy')).catch(missing);
  return { ids, images: Float32Array.from(images.values), texts: Float32Array.from(texts.values) };
}

async function readEncoded(folder: string): Promise<StoredVectors> {
  const { readVectorFile } = await import('@wenlan/model');
  const [pictures, captions] = [await readVectorFile(join(folder, PICTURES)), await readVectorFile(join(folder, CAPTIONS))];
  const { dim } = pictures;
  if (captions.dim !== dim) {
    throw new UsageError(
      'VECTORS_OF_TWO_MODELS',
      `In ${folder}, ${PICTURES} has vectors of ${dim} numbers and ${CAPTIONS} of ${captions.dim}; encode both with one run.`,
    );
  }
  const captionRow = new Map(captions.ids.map((id, row) => [id, row]));
  const shared = pictures.ids.flatMap((id, row) => (captionRow.has(id) ? [{ id, row, captionRow: captionRow.get(id)! }] : []));
  const images = new Float32Array(shared.length * dim); // [shared pairs, dim]
  const texts = new Float32Array(shared.length * dim); // [shared pairs, dim]
  for (const [index, { row, captionRow }] of shared.entries()) {
    images.set(pictures.values.subarray(row * dim, (row + 1) * dim), index * dim);
    texts.set(captions.values.subarray(captionRow * dim, (captionRow + 1) * dim), index * dim);
  }
  return { ids: shared.map(({ id }) => id), images, texts };
}

const isThere = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
