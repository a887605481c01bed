import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { createGunzip, createGzip } from 'node:zlib';
import { joinLocation, storageOf, writeChunks } from '@wenlan/shards';
import type { StoredResponse } from './stored-response.ts';

/** Beside the shards of a crawl, where any server gave an ETag or Last-Modified. */
const RESPONSE_FILE = 'responses.jsonl.gz';

/** @param dataset as `datasetLocation` gives it */
const responsePath = (dataset: string): string => joinLocation(dataset, RESPONSE_FILE);

/** Writes the responses of a crawl, the same bytes for the same ones; nothing where there are none. */
export async function writeResponses(dataset: string, responses: Iterable<StoredResponse>): Promise<void> {
  const iterator = responses[Symbol.iterator]();
  const first = iterator.next();
  if (first.done === true) return;
  const lines = function* (): Generator<string, void, undefined> {
    for (let next: IteratorResult<StoredResponse> = first; next.done !== true; next = iterator.next()) {
      yield `${JSON.stringify(next.value)}\n`;
    }
  };
  await writeChunks(responsePath(dataset), Readable.from(lines()).compose(createGzip()) as AsyncIterable<Buffer>);
}

/**
 * Writes what the parts of a crawl have, one after the other, as the responses of the whole; nothing where there are none.
 * @param parts locations of datasets, as `datasetLocation` gives them
 */
export async function joinResponses(parts: readonly string[], dataset: string): Promise<void> {
  const paths = parts.map(responsePath);
  const found = await Promise.all(paths.map((path) => storageOf(path).stat(path)));
  const there = paths.filter((_, index) => found[index] !== null);
  if (there.length === 0) return;
  // Files of gzip one after the other are one.
  const bytes = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
    for (const path of there) yield* storageOf(path).stream(path);
  };
  await writeChunks(responsePath(dataset), bytes());
}

/** Streams the responses of a crawl; none where there are none. */
export async function* readResponses(dataset: string): AsyncGenerator<StoredResponse, void, undefined> {
  const path = responsePath(dataset);
  if ((await storageOf(path).stat(path)) === null) return;
  const file = Readable.from(storageOf(path).stream(path));
  const unpacked = file.pipe(createGunzip());
  file.on('error', (error) => unpacked.destroy(error));
  for await (const line of createInterface({ input: unpacked, crlfDelay: Infinity })) yield JSON.parse(line) as StoredResponse;
}
