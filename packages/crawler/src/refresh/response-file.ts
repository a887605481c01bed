import { createReadStream, createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import type { StoredResponse } from './stored-response.ts';

/** Beside the shards of a crawl, where any server gave an ETag or Last-Modified. */
export const RESPONSE_FILE = 'responses.jsonl.gz';

/** Writes responses, the same bytes for the same ones; nothing where there are none. */
export async function writeResponses(path: string, responses: Iterable<StoredResponse>): Promise<void> {
  const iterator = responses[Symbol.iterator]();
  const first = iterator.next();
  if (first.done === true) return;
  const lines = function* (): Generator<string, void, undefined> {
    for (let next: IteratorResult<StoredResponse> = first; next.done !== true; next = iterator.next()) {
      yield `${JSON.stringify(next.value)}\n`;
    }
  };
  await pipeline(Readable.from(lines()), createGzip(), createWriteStream(`${path}.tmp`));
  await rename(`${path}.tmp`, path);
}

/** Streams them; none where there is no such file. */
export async function* readResponses(path: string): AsyncGenerator<StoredResponse, void, undefined> {
  const file = createReadStream(path);
  const unpacked = file.pipe(createGunzip());
  file.on('error', (error) => unpacked.destroy(error));
  try {
    for await (const line of createInterface({ input: unpacked, crlfDelay: Infinity })) yield JSON.parse(line) as StoredResponse;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
