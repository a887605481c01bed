import { Readable, pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** What ends every record (ISO 28500 section 4). */
const RECORD_END = '\r\n\r\n';

/**
 * The bytes of an archive, unpacked where it is in gzip format, by zlib rather than the parser's own inflater, which is slower
 * and takes a file that was cut for one that ended.
 * @throws Error if it ends in the middle of a record, or holds none
 */
export async function* unpacked(archive: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let end = '';
  for await (const chunk of gunzipped(archive)) {
    end = (end + Buffer.from(chunk.subarray(-RECORD_END.length)).toString('latin1')).slice(-RECORD_END.length);
    yield chunk;
  }
  if (end !== RECORD_END) throw new Error('it ends in the middle of a record');
}

async function* gunzipped(archive: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const chunks = archive[Symbol.asyncIterator]();
  const first = await chunks.next();
  if (first.done === true) return;
  const [low, high] = first.value;
  const all = (async function* (): AsyncGenerator<Uint8Array, void, undefined> {
    yield first.value;
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
  })();
  if (low !== 0x1f || high !== 0x8b) yield* all;
  // The error of the source reaches whoever reads the other end.
  else yield* pipeline(Readable.from(all), createGunzip(), () => {}) as AsyncIterable<Uint8Array>;
}
