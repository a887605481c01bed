import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import type { Extract } from 'tar-stream';
import { badRow, ImageRefused, MAX_IMAGE_BYTES } from './foreign-row.ts';
import type { ForeignRow, InputFile, ReadContext } from './foreign-row.ts';
import { img2datasetFailures } from './img2dataset-failures.ts';
import { IMAGE_EXTENSIONS, splitName } from './members.ts';
import { rowOfSample } from './read-sample.ts';
import type { Sample } from './read-sample.ts';

type Entry = Extract extends AsyncIterable<infer Item> ? Item : never;

/**
 * Streams the samples of a tar, gzipped or not: neighbours whose names agree up to the first dot. A tar that is cut short
 * gives what can be read of it, then one bad row. What img2dataset says of its failures beside the tar comes last.
 */
export async function* readWebdataset(file: InputFile, context: ReadContext): AsyncGenerator<ForeignRow, void, undefined> {
  let sample: (Sample & { key: string }) | null = null;
  const rowOf = ({ key, ...rest }: Sample & { key: string }): ForeignRow =>
    rowOfSample(rest, { where: `${file.name} sample ${key}`, place: `${file.name}/${key}` }, context);
  const archive = openTar(file, context);
  try {
    for await (const entry of archive) {
      const { key, extension } = splitName(entry.header.name);
      if (entry.header.type !== 'file' || key === '') {
        entry.resume();
        continue;
      }
      if (sample !== null && sample.key !== key) {
        yield rowOf(sample);
        sample = null;
      }
      sample ??= { key, image: null, text: null, json: null };
      await addMember(sample, extension, entry);
    }
  } catch (error) {
    if (!isArchiveError(error)) throw error;
    const after = sample === null ? 'its beginning' : `sample ${sample.key}`;
    // A picture that was read to its end is whole, though its text may be missing.
    if (sample !== null && sample.image !== null) yield rowOf(sample);
    yield badRow(`${file.name} after ${after}`, (error as Error).message);
    sample = null;
  }
  if (sample !== null) yield rowOf(sample);
  yield* img2datasetFailures(file.path.replace(/\.(?:tar|tar\.gz|tgz)$/i, '.parquet'), file.name, context);
}

function openTar(file: InputFile, context: ReadContext): AsyncIterable<Entry> {
  const archive = extract();
  const source = createReadStream(file.path);
  source.on('data', (chunk) => context.advance(chunk.length));
  // An error of any of them ends the loop over the entries, where it is thrown.
  const done = (): void => {};
  if (/gz$/i.test(file.path)) pipeline(source, createGunzip(), archive, done);
  else pipeline(source, archive, done);
  return archive;
}

async function addMember(sample: Sample, extension: string, entry: Entry): Promise<void> {
  const size = entry.header.size ?? 0;
  if (size > MAX_IMAGE_BYTES) {
    entry.resume();
    sample.image = () => Promise.reject(new ImageRefused('too-big', `it has ${size} bytes`));
    return;
  }
  const isImage = IMAGE_EXTENSIONS.has(extension);
  if (!isImage && !['txt', 'caption', 'json'].includes(extension)) {
    entry.resume();
    return;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of entry) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  if (isImage) sample.image = () => Promise.resolve(bytes);
  else if (extension === 'json') sample.json = bytes.toString();
  else sample.text = bytes.toString();
}

/** What the archive itself causes, as opposed to a disk that can't be read. */
function isArchiveError(error: unknown): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  return (
    code === undefined || code.startsWith('Z_') || code === 'ERR_STREAM_PREMATURE_CLOSE' || /tar|unexpected end/i.test(message)
  );
}
