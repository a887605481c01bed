import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { listRows, type SourceConfig, type StoredListRow } from '@wenlan/crawler';
import { isRemote, joinLocation, storageOf, writeChunks } from '@wenlan/shards';
import { getDomain } from 'tldts';

/** Parts that the hosts are dealt to: enough for many workers, few enough that what they write is put together quickly. */
export const PARTS = 64;
/** Names the parts that a list was cut into, once all of their files are there. */
const DEALT_FILE = 'dealt.json';

/** The part that asks a host: that of its registrable domain, so that only one worker at a time asks the hosts of a site. */
export function partOf(address: string): number {
  const hostname = URL.canParse(address) ? new URL(address).hostname : '';
  const domain = getDomain(hostname) ?? hostname;
  return partOfName(domain);
}

const partOfName = (name: string): number => createHash('sha256').update(name).digest().readUInt32BE() % PARTS;

/**
 * Deals the sources of a crawl to parts: seeds of pages and rows of lists by the registrable domain that is asked, files by their
 * names. A source's budget of pages is shared among its parts by their seeds.
 * @param folder where the rows of lists are written, a file a part; seen by all workers, as `datasetLocation` gives it
 * @returns by part, those that have anything to do
 */
export async function dealSources(sources: readonly SourceConfig[], folder: string): Promise<Map<number, SourceConfig[]>> {
  const dealt = new Map<number, SourceConfig[]>();
  const give = (part: number, source: SourceConfig): void => void dealt.set(part, [...(dealt.get(part) ?? []), source]);
  for (const source of sources) {
    if (source.kind === 'list') {
      for (const [part, own] of await dealRows(source.name, listedRows(source), folder)) give(part, own);
      continue;
    }
    const isOfFiles = source.kind === 'local' || source.kind === 'commoncrawl';
    const { maxPages, seeds: all } = source;
    const seeds = isOfFiles ? all.map((seed) => (URL.canParse(seed) ? seed : resolve(seed))) : all;
    const partOfSeed = isOfFiles ? partOfName : partOf;
    for (const part of new Set(seeds.map(partOfSeed))) {
      const own = seeds.filter((seed) => partOfSeed(seed) === part);
      const share = maxPages === undefined ? {} : { maxPages: Math.ceil((maxPages * own.length) / seeds.length) };
      give(part, { ...source, seeds: own, ...share });
    }
  }
  return new Map([...dealt].sort(([left], [right]) => left - right));
}

async function* listedRows(source: SourceConfig): AsyncGenerator<StoredListRow> {
  let left = source.maxPages ?? Infinity;
  for await (const row of listRows(source)) {
    if (left === 0) return;
    left -= 1;
    yield row;
  }
}

/**
 * Deals the rows of a list to parts by the registrable domain of the picture, a file a part; done once, however often it is begun.
 * @param folder as that of {@link dealSources}
 * @returns by part, the source that reads the file
 */
export async function dealRows(
  name: string,
  rows: AsyncIterable<StoredListRow>,
  folder: string,
): Promise<Map<number, SourceConfig>> {
  const own = joinLocation(folder, name);
  const done = joinLocation(own, DEALT_FILE);
  const storage = storageOf(own);
  const dealt = await storage.read(done);
  const parts = dealt === null ? await cutList(rows, own) : (JSON.parse(dealt.bytes.toString()) as number[]);
  if (dealt === null) await storage.put(done, Buffer.from(JSON.stringify(parts)), undefined);
  return new Map(parts.map((part) => [part, { name, kind: 'list', seeds: [fileOf(own, part)] }]));
}

/** @returns the parts that have a file */
async function cutList(rows: AsyncIterable<StoredListRow>, folder: string): Promise<number[]> {
  const files = new Map<number, WriteStream>();
  const local = isRemote(folder) ? await mkdtemp(join(tmpdir(), 'wenlan-lists-')) : folder;
  try {
    await mkdir(local, { recursive: true });
    for await (const row of rows) {
      const part = partOf(row.fields.imageUrl ?? '');
      const file = files.get(part) ?? createWriteStream(fileOf(local, part));
      files.set(part, file);
      if (!file.write(`${JSON.stringify(row)}\n`)) await once(file, 'drain');
    }
    await Promise.all([...files.values()].map((file) => once(file.end(), 'close')));
    const parts = [...files.keys()].sort((left, right) => left - right);
    if (local !== folder)
      for (const part of parts)
        await writeChunks(fileOf(folder, part), createReadStream(fileOf(local, part)) as AsyncIterable<Buffer>);
    return parts;
  } finally {
    if (local !== folder) await rm(local, { recursive: true, force: true });
  }
}

const fileOf = (folder: string, part: number): string => joinLocation(folder, `${part}.jsonl`);
