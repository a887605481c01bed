import { createHash } from 'node:crypto';
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { listRows, type SourceConfig } from '@wenlan/crawler';
import { getDomain } from 'tldts';

/** Parts that the hosts are dealt to: enough for many workers, few enough that what they write is put together quickly. */
export const PARTS = 64;

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
 * @param folder where the rows of lists are written, a file a part; seen by all workers
 * @returns by part, those that have anything to do
 */
export async function dealSources(sources: readonly SourceConfig[], folder: string): Promise<Map<number, SourceConfig[]>> {
  const dealt = new Map<number, SourceConfig[]>();
  const give = (part: number, source: SourceConfig): void => void dealt.set(part, [...(dealt.get(part) ?? []), source]);
  for (const source of sources) {
    if (source.kind === 'list') {
      for (const [part, file] of await dealList(source, folder)) give(part, { name: source.name, kind: 'list', seeds: [file] });
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

/** Cuts a list into one file a part; done once, however often the crawl is begun. */
async function dealList(source: SourceConfig, folder: string): Promise<[part: number, file: string][]> {
  const done = join(folder, source.name);
  const fileOf = (part: number): string => join(done, `${part}.jsonl`);
  const parts = Array.from({ length: PARTS }, (_, part) => part);
  if (!(await exists(done))) {
    const unfinished = `${done}.tmp`;
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { recursive: true });
    const files = new Map<number, WriteStream>();
    let rows = 0;
    for await (const row of listRows(source)) {
      if (rows === (source.maxPages ?? Infinity)) break;
      rows += 1;
      const part = partOf(row.fields.imageUrl ?? '');
      const file = files.get(part) ?? createWriteStream(join(unfinished, `${part}.jsonl`));
      files.set(part, file);
      if (!file.write(`${JSON.stringify(row)}\n`)) await once(file, 'drain');
    }
    await Promise.all([...files.values()].map((file) => once(file.end(), 'close')));
    await rename(unfinished, done);
  }
  const found = await Promise.all(parts.map((part) => exists(fileOf(part))));
  return parts.filter((part) => found[part]).map((part) => [part, fileOf(part)]);
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
