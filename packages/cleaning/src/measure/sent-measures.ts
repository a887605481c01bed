import { createReadStream } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { datasetLocation, isRemote, joinLocation, storageOf, writeChunks } from '@wenlan/shards';
import { mapConcurrent } from '../map-concurrent.ts';

/** Where measures lie beside the data of a dataset, in S3 only on their way from those who measure to who waits for them. */
export const MEASURES_FOLDER = 'measures';
const FILES_AT_ONCE = 16;

const sentFolder = (out: string): string => joinLocation(datasetLocation(out), MEASURES_FOLDER);

/** Sends the measures in a folder of this machine to where the clean dataset is going to lie. @param out in S3 */
export async function sendMeasures(folder: string, out: string): Promise<void> {
  for (const name of await readdir(folder)) {
    await writeChunks(joinLocation(sentFolder(out), name), createReadStream(join(folder, name)) as AsyncIterable<Buffer>);
  }
}

/** Brings what others have sent to a folder of this machine, in place of what lies there. @param out where the clean dataset is going to lie */
export async function receiveMeasures(out: string, folder: string): Promise<void> {
  if (!isRemote(out)) return;
  const from = sentFolder(out);
  await mkdir(folder, { recursive: true });
  await mapConcurrent(await storageOf(from).list(from), FILES_AT_ONCE, async ({ name }) => {
    await writeChunks(join(folder, name), storageOf(from).stream(joinLocation(from, name)));
  });
}

/** Removes what was sent. */
export async function removeSentMeasures(out: string): Promise<void> {
  if (isRemote(out)) await storageOf(sentFolder(out)).removeFolder(sentFolder(out));
}
