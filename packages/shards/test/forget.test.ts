import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  exportDataset,
  forgetPairs,
  importDataset,
  openDataset,
  pairId,
  readManifest,
  rewriteShards,
  verifyDataset,
} from '@wenlan/shards';
import type { Pair } from '@wenlan/shards';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { folderBytes } from './support/folder-bytes.ts';
import { picture } from './support/pictures.ts';
import { sampleRows } from './support/sample-rows.ts';
import { rowsOf } from './support/rows-of.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-forget-'));
});
afterEach(() => rm(folder, { recursive: true }));

const at = (...parts: string[]): string => join(folder, ...parts);
const rows = sampleRows(60, 200);
const url = (number: number): string => rows[number]!.imageUrl!;

async function write(name: string, options: { parents?: string[]; rows?: Pair[]; state?: unknown } = {}): Promise<string> {
  const { parents = [] } = options;
  const writer = await openDataset(at(name), { stage: 'test', recipe: { name }, parents, maxShardRows: 10 });
  await writer.append(
    (options.rows ?? rows).map((row) => ({ ...row })),
    'train',
  );
  await writer.finish(options.state);
  return at(name);
}

const forgotten = async (location: string): Promise<string[]> =>
  (await rowsOf(location)).filter(({ outcome }) => outcome === 'forgotten').map(({ id }) => id);

describe(forgetPairs, () => {
  it('leaves tombstones, rewrites only the shards it must, and keeps the manifest right', async () => {
    const location = await write('data');
    const before = await folderBytes(location);
    const summary = await forgetPairs(location, { urls: [url(3), url(41), 'https://nowhere.example/'] });
    expect(summary.ids).toEqual([rows[3]!.id, rows[41]!.id].sort());
    expect(summary.datasets).toMatchObject([{ location, rows: 2, shardsRewritten: 2 }]);
    expect(summary.datasets[0]!.bytesAfter).toBeLessThan(summary.datasets[0]!.bytesBefore);

    const read = await rowsOf(location);
    expect(read.length).toBe(60);
    expect(read[3]).toEqual({
      ...read[3],
      id: rows[3]!.id,
      outcome: 'forgotten',
      image: null,
      texts: [],
      imageUrl: null,
      pageUrl: null,
      sha256: null,
      phash: null,
      scores: {},
    });
    expect(read[4]!.texts).toEqual(rows[4]!.texts);
    expect((await readManifest(location)).totals.byOutcome).toEqual({ ok: 52, 'filtered:min-side': 6, forgotten: 2 });
    expect(await verifyDataset(location)).toMatchObject({ sound: true, problems: [] });
    const after = await folderBytes(location);
    const kept = Object.keys(before).filter((file) => after[file] === before[file]);
    expect(kept.sort()).toEqual([1, 2, 3, 5].map((number) => `data/train-0000${number}.arrow`).sort());
    expect((await readdir(at('data', 'data'))).sort()).toEqual([
      'train-00000.1.arrow',
      'train-00001.arrow',
      'train-00002.arrow',
      'train-00003.arrow',
      'train-00004.1.arrow',
      'train-00005.arrow',
    ]);
    for (const file of await readdir(location, { recursive: true, withFileTypes: true })) {
      if (file.isFile()) expect((await readFile(join(file.parentPath, file.name))).includes(url(41))).toBe(false);
    }
  });

  it('finds rows by page, id, sha256 and a look-alike hash; a second time there is nothing to do', async () => {
    const location = await write('data');
    const request = {
      ids: [rows[0]!.id],
      pages: [`${rows[20]!.pageUrl!}#part`],
      sha256s: [Buffer.from(rows[33]!.sha256!).toString('hex').toUpperCase()],
      phashNear: [{ phash: rows[58]!.phash!, maxDistance: 1 }],
    };
    const near = rows.filter(
      ({ phash }) => [...(phash! ^ rows[58]!.phash!).toString(2)].filter((bit) => bit === '1').length <= 1,
    );
    expect(near.length).toBeGreaterThan(1);
    const ids = [...new Set([rows[0]!, ...rows.slice(20, 24), rows[33]!, ...near].map(({ id }) => id))].sort();
    expect((await forgetPairs(location, request)).ids).toEqual(ids);
    const bytes = await folderBytes(location);
    expect(await forgetPairs(location, request)).toMatchObject({ ids: [], datasets: [{ rows: 0, shardsRewritten: 0 }] });
    expect(await folderBytes(location)).toEqual(bytes);
    expect((await forgetPairs(location, { ids: [rows[1]!.id] })).ids).toEqual([rows[1]!.id]);
    expect((await readManifest(location)).shards.map(({ file }) => file)[0]).toBe('data/train-00000.2.arrow');
    expect((await rowsOf(location)).map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
  });

  it('finds all pages below a URL, and no other that begins like it', async () => {
    const pages = [
      'https://w.example/u/1',
      'https://w.example/u/1/a?x#y',
      'https://W.example/u/%31/b/c/',
      'https://w.example/u/12',
      'https://w.example/?/u/1/',
    ];
    const location = await write('data', {
      rows: rows.slice(0, 6).map((row, index) => ({ ...row, pageUrl: pages[index] ?? null })),
    });
    const { ids } = await forgetPairs(location, { pagesUnder: ['https://w.example/u/1/'] });
    expect(ids).toEqual(
      rows
        .slice(0, 3)
        .map(({ id }) => id)
        .sort(),
    );
    expect((await forgetPairs(location, { pagesUnder: ['https://w.example'] })).ids.length).toBe(2);
  });

  it('reaches datasets made from this one, also where URL and bytes are gone, and what their stage kept of the rows', async () => {
    const raw = await write('raw');
    const samples = [
      { id: rows[5]!.id, text: '私人' },
      { id: rows[6]!.id, text: '公开' },
    ];
    const changed = rows.map((row) => ({ ...row, imageUrl: null, sha256: null, image: row.image && new Uint8Array([1]) }));
    const clean = await write('clean', { parents: [raw], rows: changed, state: { funnel: [{ samples }] } });
    const subset = await write('subset', { parents: [clean], rows: changed.slice(0, 8) });
    const summary = await forgetPairs(raw, { urls: [url(5), url(30)] }, { derived: [subset, clean] });
    expect(summary.datasets.map(({ location, rows: count }) => [location, count])).toEqual([
      [raw, 2],
      [clean, 2],
      [subset, 1],
    ]);
    for (const [name, count] of [
      ['raw', 2],
      ['clean', 2],
      ['subset', 1],
    ] as const) {
      expect((await forgotten(at(name))).length).toBe(count);
      expect((await verifyDataset(at(name))).problems).toEqual([]);
    }
    expect((await readManifest(clean)).state).toEqual({ funnel: [{ samples: [samples[1]] }] });
    // Parents are known by their manifests as they are now, so that a stage that is run again finds its work done.
    const again = await openDataset(clean, { stage: 'test', recipe: { name: 'clean' }, parents: [raw] });
    expect(again.complete).toBe(true);
    await again.close();
  });

  it('goes on after a kill at any moment', async () => {
    const raw = await write('raw');
    const clean = await write('clean', { parents: [raw] });
    const request = { urls: [url(5), url(30)] };
    const controller = new AbortController();
    const stopped = forgetPairs(raw, request, {
      derived: [clean],
      signal: controller.signal,
      onProgress: ({ location, phase }) => {
        if (location === clean && phase === 'rewrite') controller.abort(new Error('stop'));
      },
    });
    await expect(stopped).rejects.toThrow('stop');
    expect((await forgotten(raw)).length).toBe(2);
    expect(await forgotten(clean)).toEqual([]);
    await writeFile(at('clean', 'data', 'train-00003.1.arrow.tmp'), 'half');
    expect((await forgetPairs(raw, request, { derived: [clean] })).datasets.map(({ rows: count }) => count)).toEqual([0, 2]);
    const whole = await write('whole', { parents: [] });
    await forgetPairs(whole, request);
    for (const location of [raw, clean]) {
      expect(await verifyDataset(location)).toMatchObject({ sound: true });
      expect((await readManifest(location)).shards).toEqual((await readManifest(whole)).shards);
    }
    const again = await openDataset(clean, { stage: 'test', recipe: { name: 'clean' }, parents: [raw] });
    await again.close();
  });

  it('what was forgotten does not come back: appended, made from a parent, or imported', async () => {
    const raw = await write('raw');
    await forgetPairs(raw, { urls: [url(5)], ids: [rows[9]!.id] });
    const otherPage = { ...rows[5]!, id: pairId(url(5), 'https://other.example/'), pageUrl: 'https://other.example/' };
    const next = await write('next', { parents: [raw], rows: [...rows, otherPage] });
    expect(await forgotten(next)).toEqual([rows[5]!.id, rows[9]!.id, otherPage.id]);

    await writeFile(at('5.jpg'), await picture(5));
    await writeFile(
      at('list.jsonl'),
      [5, 6].map((number) => JSON.stringify({ url: url(number), path: '5.jpg', caption: '字' })).join('\n'),
    );
    await importDataset(at('list.jsonl'), { out: at('imported'), forgottenIn: [raw] });
    expect((await rowsOf(at('imported'))).map(({ outcome, imageUrl }) => [outcome, imageUrl])).toEqual([
      ['forgotten', null],
      ['ok', url(6)],
    ]);
    const { leftOut, rows: exported } = await exportDataset(at('imported'), { out: at('out'), format: 'webdataset' });
    expect([leftOut, exported]).toEqual([0, 1]);
  });

  it('all that a person has posted, which does not come back: appended, imported, fetched again, or made from a parent', async () => {
    const raw = await write('raw');
    const person = 'https://weibo.example/u/3';
    const posted = rows.filter(({ author }) => author === person).map(({ id }) => id);
    expect(posted.length).toBe(5);
    expect((await forgetPairs(raw, { users: [person, 'https://weibo.example/u/99'] })).ids).toEqual([...posted].sort());
    expect((await rowsOf(raw)).filter(({ author }) => author === person)).toEqual([]);
    expect(await readFile(at('raw', 'forgotten.json'), 'utf8')).not.toContain('weibo.example');

    const later = { ...rows[3]!, id: 'later', imageUrl: 'https://img.example/later.png' };
    expect(later.author).toBe(person);
    const clean = await write('clean', { parents: [raw], rows: [...rows, later] });
    expect(await forgotten(clean)).toEqual([...posted, 'later']);
    const replace = (some: readonly Pair[]): Promise<Pair[]> =>
      Promise.resolve(some.map((row) => ({ ...row, author: person, outcome: 'ok' as const })));
    await rewriteShards(clean, { key: 'again', select: ({ id }) => id === rows[1]!.id, replace });
    expect(await forgotten(clean)).toContain(rows[1]!.id);

    const copy = await write('copy');
    await exportDataset(copy, { out: at('exported'), format: 'parquet' });
    await importDataset(at('exported'), { out: at('imported'), forgottenIn: [raw] });
    expect(await forgotten(at('imported'))).toEqual(posted);
  });

  it('takes the measures of a cleaning along, in which texts of the rows lie', async () => {
    const raw = await write('raw');
    const writer = await openDataset(at('clean'), { stage: 'clean', recipe: {}, parents: [raw] });
    await writer.append(
      rows.map((row) => ({ ...row })),
      'train',
    );
    await writer.finish();
    await mkdir(at('clean', 'measures'));
    await writeFile(at('clean', 'measures', '00000.arrow'), '私人');
    await forgetPairs(raw, { ids: ['of no row'] }, { derived: [at('clean')] });
    expect(await readdir(at('clean'))).toContain('measures');
    await forgetPairs(raw, { ids: [rows[2]!.id] }, { derived: [at('clean')] });
    expect(await readdir(at('clean'))).not.toContain('measures');
  });

  it('refuses what it cannot do, and changes nothing', async () => {
    const location = await write('data');
    const bytes = await folderBytes(location);
    const refused = (work: Promise<unknown>, code: string): Promise<void> =>
      expect(work).rejects.toMatchObject({ code, exitStatus: 2 });
    await refused(forgetPairs(location, {}), 'REQUEST_INVALID');
    await refused(forgetPairs(location, { pagesUnder: ['/u/1'] }), 'REQUEST_INVALID');
    await refused(forgetPairs(location, { users: ['小红'] }), 'REQUEST_INVALID');
    await refused(forgetPairs(location, { sha256s: ['abc'] }), 'REQUEST_INVALID');
    await refused(forgetPairs(location, { phashNear: [{ phash: 1n, maxDistance: 40 }] }), 'REQUEST_INVALID');
    await refused(forgetPairs(location, { phashNear: [{ phash: -1n, maxDistance: 4 }] }), 'REQUEST_INVALID');
    await refused(forgetPairs(at('none'), { ids: ['A'] }), 'DATASET_MISSING');
    await refused(forgetPairs(location, { ids: ['A'] }, { derived: [await write('other')] }), 'NOT_DERIVED');
    const unfinished = await openDataset(at('unfinished'), { stage: 'test', recipe: {}, parents: [location] });
    await unfinished.close();
    await refused(forgetPairs(location, { ids: ['A'] }, { derived: [at('unfinished')] }), 'DATASET_INCOMPLETE');
    const writer = await openDataset(location, { stage: 'test', recipe: { name: 'data' } });
    await refused(forgetPairs(location, { ids: [rows[0]!.id] }), 'DATASET_LOCKED');
    await writer.close();
    await writeFile(at('data', 'data', 'train-00005.arrow'), 'damaged');
    await refused(forgetPairs(location, { ids: [rows[0]!.id] }), 'SHARD_DAMAGED');
    expect({ ...(await folderBytes(location)), 'data/train-00005.arrow': '' }).toEqual({
      ...bytes,
      'data/train-00005.arrow': '',
    });
    await writeFile(at('data', 'forgotten.json'), '{');
    await refused(forgetPairs(location, { ids: [rows[0]!.id] }), 'FORGOTTEN_DAMAGED');
  });
});
