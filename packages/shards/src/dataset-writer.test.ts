import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { folderBytes } from '../test/support/folder-bytes.ts';
import { sampleRows } from '../test/support/sample-rows.ts';
import { openDataset, readManifest, readPairs, UserError } from './index.ts';
import type { OpenOptions, Pair } from './index.ts';

const OPTIONS: OpenOptions = { stage: 'test', recipe: { image: { minSide: 32 }, seed: 1 }, maxShardRows: 20 };
const rows = sampleRows(90, 500);

let folder: string;
let location: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-writer-'));
  location = join(folder, 'dataset');
});
afterEach(() => rm(folder, { recursive: true }));

async function write(target: string, pairs: readonly Pair[], options: Partial<OpenOptions> = {}): Promise<void> {
  const writer = await openDataset(target, { ...OPTIONS, ...options });
  await writer.append(pairs);
  await writer.finish();
}

async function thrownBy(work: Promise<unknown>): Promise<UserError> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UserError);
  return error as UserError;
}

describe(openDataset, () => {
  it('says that a file is in its way', async () => {
    await writeFile(location, 'no folder');
    await expect(openDataset(location, OPTIONS)).rejects.toThrow(
      `The folder ${join(location, 'data')} can't be made: a file is in its way; name another place, or mend that one.`,
    );
    await expect(openDataset(location, OPTIONS)).rejects.toMatchObject({ code: 'FOLDER_UNUSABLE', exitStatus: 2 });
  });

  it('commits a shard when it is full, by rows and by bytes, and returns it', async () => {
    const writer = await openDataset(location, { ...OPTIONS, maxShardBytes: 5000 });
    expect(await writer.append(rows.slice(0, 5), 'train')).toEqual([]);
    const committed = await writer.append(rows.slice(5, 31), 'train');
    expect(committed.map(({ file }) => file)).toEqual(['data/train-00000.arrow', 'data/train-00001.arrow']);
    const committedRows = committed.reduce((sum, shard) => sum + shard.rows, 0);
    expect(writer.rowsCommitted('train')).toBe(committedRows);
    expect(committedRows).toBeLessThan(31);
    expect((await readManifest(location)).complete).toBe(false);
    const rest = await writer.flush();
    expect(rest.map(({ file, rows: count }) => [file, count])).toEqual([['data/train-00002.arrow', 31 - committedRows]]);
    expect((await writer.finish({ note: 1 })).state).toEqual({ note: 1 });
    expect(writer.complete).toBe(true);
  });

  it('gives the same bytes however the rows are handed over, and whichever split is committed first', async () => {
    const one = await openDataset(join(folder, 'one'), OPTIONS);
    await one.append(rows, 'train');
    await one.append(rows.slice(0, 45), 'test');
    await one.finish();
    const two = await openDataset(pathToFileURL(join(folder, 'two')).href, OPTIONS);
    await two.append(rows.slice(0, 45), 'test');
    for (const row of rows) await two.append([row], 'train');
    await two.finish();
    expect(await folderBytes(join(folder, 'two'))).toEqual(await folderBytes(join(folder, 'one')));
  });

  it('goes on after the last committed shard, and clears away what a killed writer left', async () => {
    await write(join(folder, 'whole'), rows);
    const first = await openDataset(location, OPTIONS);
    await first.append(rows.slice(0, 50));
    await first.close();
    await writeFile(join(location, 'data/all-00002.arrow.tmp'), 'half a shard');
    await writeFile(join(location, 'data/all-00002.arrow'), 'never committed');
    await writeFile(join(location, 'manifest.json.tmp'), '{');
    const second = await openDataset(location, OPTIONS);
    expect(second.rowsCommitted('all')).toBe(40);
    expect((await readdir(join(location, 'data'))).sort()).toEqual(['all-00000.arrow', 'all-00001.arrow']);
    await second.append(rows.slice(40));
    await second.finish();
    expect(await folderBytes(location)).toEqual(await folderBytes(join(folder, 'whole')));
  });

  it('counts by outcome, source and split', async () => {
    const writer = await openDataset(location, OPTIONS);
    await writer.append(rows.slice(0, 10), 'train');
    await writer.append(
      [
        { ...rows[10]!, outcome: `duplicate:${rows[0]!.id}` },
        { ...rows[11]!, outcome: 'robots' },
      ],
      'dropped',
    );
    const { totals } = await writer.finish();
    expect(totals).toEqual({
      rows: 12,
      byOutcome: { ok: 9, 'filtered:min-side': 1, duplicate: 1, robots: 1 },
      bySource: { weibo: 4, news: 8 },
      bySplit: { train: 10, dropped: 2 },
    });
  });

  it('writes a manifest without times, process ids or absolute paths', async () => {
    await write(join(folder, 'raw'), rows.slice(0, 3));
    await write(location, rows.slice(0, 3), { parents: [join(folder, 'raw')] });
    const text = await readFile(join(location, 'manifest.json'), 'utf8');
    expect(text).not.toContain(folder);
    expect(text).not.toContain(String(process.pid));
    expect((JSON.parse(text) as { parents: unknown }).parents).toMatchObject([{ location: '../raw' }]);
  });

  it('refuses a second writer while the first is at work', async () => {
    const first = await openDataset(location, OPTIONS);
    const error = await thrownBy(openDataset(location, OPTIONS));
    expect(error.code).toBe('DATASET_LOCKED');
    expect(error.message).toBe(
      `Another writer, process ${process.pid}, holds ${location}; wait until it ends, or, if it is gone, delete ${location}/writer.lock.`,
    );
    await first.close();
    await (await openDataset(location, OPTIONS)).close();
  });

  it.each([
    ['of a process that is gone', JSON.stringify({ processId: 2 ** 22 + 1, host: hostname(), started: null })],
    ['of a process whose id another has now', JSON.stringify({ processId: process.pid, host: hostname(), started: 'earlier' })],
    ['of a process killed before it had written its name', ''],
    ['cut short', '{"processId":'],
  ])('takes over a lock %s', async (_, content) => {
    await mkdir(location);
    await writeFile(join(location, 'writer.lock'), content);
    // Of a process that was killed while it took over a lock.
    await writeFile(join(location, `writer.lock.${2 ** 22 + 2}.stale`), content);
    await write(location, rows.slice(0, 3));
    expect(await readdir(location)).toEqual(['data', 'manifest.json']);
  });

  it('does not take over a lock of another machine', async () => {
    await mkdir(location);
    await writeFile(join(location, 'writer.lock'), JSON.stringify({ processId: 1, host: 'elsewhere', started: null }));
    const error = await thrownBy(openDataset(location, OPTIONS));
    expect(error.message).toContain('Another writer, process 1 on elsewhere, holds');
  });

  it('says which key of the recipe differs', async () => {
    await (await openDataset(location, OPTIONS)).close();
    const error = await thrownBy(openDataset(location, { ...OPTIONS, recipe: { image: { minSide: 48 }, seed: 1 } }));
    expect(error.code).toBe('RECIPE_DIFFERS');
    expect(error.message).toBe(
      `${location} was begun with another recipe: image.minSide was 32 and is now 48; choose another folder, or delete ${location} to start over.`,
    );
    const missing = await thrownBy(openDataset(location, { ...OPTIONS, recipe: { image: { minSide: 32 } } }));
    expect(missing.message).toContain('seed was 1 and is now not set');
  });

  it('refuses another stage, another number of parents, and a parent that has changed', async () => {
    const raw = join(folder, 'raw');
    await write(raw, rows.slice(0, 5));
    const options = { ...OPTIONS, parents: [raw] };
    await (await openDataset(location, options)).close();
    expect((await thrownBy(openDataset(location, { ...options, stage: 'clean' }))).code).toBe('STAGE_DIFFERS');
    expect((await thrownBy(openDataset(location, OPTIONS))).message).toContain('was made from 1 datasets and is now given 0');
    await rm(raw, { recursive: true });
    await write(raw, rows.slice(0, 6));
    const error = await thrownBy(openDataset(location, options));
    expect(error.code).toBe('PARENT_DIFFERS');
    expect(error.message).toContain(`${location} was made from another state of ../raw, which has changed since`);
    await rm(raw, { recursive: true });
    expect((await thrownBy(openDataset(location, options))).code).toBe('DATASET_MISSING');
  });

  it('refuses to go on from shards without their manifest, or from a manifest without its shards', async () => {
    await write(location, rows);
    const shard = join(location, 'data/all-00001.arrow');
    await rm(shard);
    const missing = await thrownBy(openDataset(location, OPTIONS));
    expect(missing.code).toBe('SHARD_MISSING');
    expect(missing.message).toContain(`The committed shard ${shard} is missing`);
    await rm(join(location, 'manifest.json'));
    expect((await thrownBy(openDataset(location, OPTIONS))).code).toBe('MANIFEST_MISSING');
    expect(await readdir(join(location, 'data'))).toContain('all-00000.arrow');
  });

  it('takes no rows after the end', async () => {
    await write(location, rows.slice(0, 3));
    const writer = await openDataset(location, OPTIONS);
    expect(writer.complete).toBe(true);
    expect((await thrownBy(writer.append(rows))).code).toBe('DATASET_COMPLETE');
    await writer.close();
    await expect(writer.append(rows)).rejects.toThrow(/is closed/);
  });

  it('refuses a split that is not a plain name, and a place it cannot write to', async () => {
    const writer = await openDataset(location, OPTIONS);
    expect((await thrownBy(writer.append(rows, '../train'))).message).toBe(
      'A split can\'t be named "../train"; use letters, digits, _ and -.',
    );
    await writer.close();
    expect((await thrownBy(openDataset('gs://bucket/pairs', OPTIONS))).message).toBe(
      "A dataset can't be kept at gs://bucket/pairs: the scheme gs: isn't known; give a path, a file: URL or an s3: URL.",
    );
  });

  const row = rows[0]!;
  it.each<[string, Partial<Record<keyof Pair, unknown>>, string]>([
    [
      'a lone surrogate',
      { texts: [row.texts[0]!, { kind: 'alt', text: 'ab\uD800c' }] },
      'text 1 holds a lone surrogate (U+D800) at character 2',
    ],
    ['a lone surrogate in a URL', { pageUrl: '\uDFFF' }, 'pageUrl holds a lone surrogate (U+DFFF) at character 0'],
    [
      'a lone surrogate in what the site said',
      { consent: { ...row.consent, tdm: '\uD800' } },
      'consent.tdm holds a lone surrogate',
    ],
    ['a lone surrogate in the name of a score', { scores: { '\uD800': 1 } }, 'the name of a score holds a lone surrogate'],
    ['no id', { id: '' }, 'its id is empty; make one with pairId()'],
    ['an unknown source', { source: 'radio' }, 'source is "radio"; it has to be one of news,'],
    [
      'an unknown outcome',
      { outcome: 'filtered:' },
      'outcome is "filtered:"; it has to be filtered:RULE, duplicate:ID or one of ok,',
    ],
    ['an unknown band', { band: 'medium' }, 'band is "medium"; it has to be null or one of over-match,'],
    [
      'an unknown kind of text',
      { texts: [{ kind: 'title!', text: '' }] },
      'text 0 is of kind "title!"; it has to be one of alt,',
    ],
    ['half a pixel', { width: 1.5 }, "width is 1.5, which isn't a whole number of pixels"],
    ['a short digest', { sha256: new Uint8Array(31) }, 'sha256 has 31 bytes; it has to have 32'],
    ['a hash of 65 bits', { phash: 2n ** 64n }, 'phash is 18446744073709551616; it has to fit 64 bits'],
    ['half a millisecond', { fetchedAt: 0.5 }, 'fetchedAt is 0.5; it has to be a whole number of milliseconds'],
    ['a box of three numbers', { boxes: [[1, 2, 3]] }, 'box 0 has 3 numbers; it has to have x1, y1, x2 and y2'],
  ])('refuses a row with %s, naming the row, and takes none of its call', async (_, fields, message) => {
    const writer = await openDataset(location, OPTIONS);
    await writer.append(rows.slice(0, 25));
    const error = await thrownBy(writer.append([rows[25]!, { ...row, ...fields } as Pair]));
    expect(error.code).toBe('ROW_INVALID');
    expect(error.message).toContain(`Row 26 (id ${JSON.stringify(fields.id ?? row.id)}) can't be stored: ${message}`);
    await writer.append(rows.slice(25, 30));
    await writer.finish();
    let read = 0;
    for await (const batch of readPairs(location)) read += batch.length;
    expect(read).toBe(30);
  });
});
