import { createHash } from 'node:crypto';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Interrupted } from '@wenlan/crawler';
import type { CrawlOptions, SourceConfig } from '@wenlan/crawler';
import { forgetPairs, openDataset, readManifest, verifyDataset } from '@wenlan/shards';
import type { Pair } from '@wenlan/shards';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crawlTestWeb, rowsOf } from './support/crawl-test-web.ts';
import { folderBytes } from './support/folder-bytes.ts';
import { svg } from './support/pictures.ts';
import { startTestWeb } from './support/test-web.ts';
import type { Handler, TestWeb } from './support/test-web.ts';

const MODIFIED = 'Mon, 02 Nov 2026 10:00:00 GMT';
const LATER = 1_800_000_000_000;
const sources: SourceConfig[] = [{ name: 'site', kind: 'web', seeds: ['http://site.test/'] }];
const contents = new Map<string, string | Buffer>();
/** Requests as `path status`. */
const log: string[] = [];
let folder: string;
let web: TestWeb;

/** Answers with an ETag; under /dated/ with Last-Modified alone, under /plain/ with neither. */
const answer: Handler = ({ url = '', headers }, response) => {
  const body = contents.get(url);
  const etag = `"${createHash('sha256')
    .update(body ?? '')
    .digest('hex')
    .slice(0, 16)}"`;
  const known = url.includes('/dated/') ? headers['if-modified-since'] === MODIFIED : headers['if-none-match'] === etag;
  const status = body === undefined ? 404 : known ? 304 : 200;
  log.push(`${url} ${status}`);
  const type = url.endsWith('.svg') ? 'image/svg+xml' : 'text/html; charset=utf-8';
  const validator = url.includes('/dated/') ? { 'last-modified': MODIFIED } : url.includes('/plain/') ? {} : { etag };
  response.writeHead(status, { 'content-type': type, ...validator }).end(status === 200 ? body : undefined);
};

const page = (title: string, pictures: readonly string[], links: readonly string[] = []): string =>
  `<title>${title}</title>${pictures.map((url) => `<img src="${url}" alt="${title}的图">`).join('')}
  ${links.map((url) => `<a href="${url}">更多</a>`).join('')}`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-since-'));
  contents.set('/', page('首页', ['/1.svg', '/dated/2.svg', '/plain/3.svg'], ['/a', '/b', '/c']));
  contents.set('/a', page('甲', ['/4.svg']));
  contents.set('/b', page('乙', ['/5.svg', '/1.svg']));
  contents.set('/c', page('丙', ['/6.svg']));
  for (let number = 1; number <= 8; number += 1) {
    contents.set(`/${number === 2 ? 'dated/' : number === 3 ? 'plain/' : ''}${number}.svg`, svg(number));
  }
  const addresses = [...contents.keys(), '/d', '/robots.txt'];
  web = await startTestWeb(Object.fromEntries(addresses.map((path) => [`site.test${path}`, answer])));
  await crawlTestWeb(web, { out: join(folder, 'first'), sources });
  // A page and a picture are others, one page is new, one is gone.
  contents.set('/a', page('甲', ['/4.svg', '/7.svg']));
  contents.set('/5.svg', svg(55));
  contents.set('/', page('首页', ['/1.svg', '/dated/2.svg', '/plain/3.svg'], ['/a', '/b', '/d']));
  contents.set('/d', page('丁', ['/8.svg']));
});
afterAll(async () => {
  await web.close();
  await rm(folder, { recursive: true });
});

async function crawlSince(name: string, since: string, more: Partial<CrawlOptions> = {}): Promise<Map<string, Pair>> {
  const out = join(folder, name);
  log.length = 0;
  await crawlTestWeb(web, { out, sources, since: join(folder, since), clock: () => LATER, ...more });
  const rows = await rowsOf(out);
  const whole = rows.filter(({ outcome }) => outcome !== 'forgotten');
  return new Map(whole.map((row) => [`${new URL(row.pageUrl!).pathname} ${new URL(row.imageUrl!).pathname}`, row]));
}

describe('a crawl since another', () => {
  it('fetches what has changed, and takes over the rest', async () => {
    const before = new Map((await rowsOf(join(folder, 'first'))).map((row) => [row.id, row]));
    const rows = await crawlSince('second', 'first');
    expect(log.toSorted()).toEqual([
      '/ 200',
      '/1.svg 304',
      '/4.svg 304',
      '/5.svg 200',
      '/7.svg 200',
      '/8.svg 200',
      '/a 200',
      '/b 304',
      '/d 200',
      '/dated/2.svg 304',
      '/plain/3.svg 200',
      '/robots.txt 404',
    ]);
    const taken = ['/ /1.svg', '/ /dated/2.svg', '/a /4.svg', '/b /1.svg'];
    for (const key of taken) expect(rows.get(key)).toEqual(before.get(rows.get(key)!.id));
    for (const key of ['/ /plain/3.svg', '/a /7.svg', '/b /5.svg', '/d /8.svg']) {
      expect(rows.get(key)).toMatchObject({ outcome: 'ok', fetchedAt: LATER });
    }
    expect(Buffer.from(rows.get('/b /5.svg')!.image!)).toEqual(svg(55));
    expect([...rows.keys()].toSorted()).toEqual([...taken, '/ /plain/3.svg', '/a /7.svg', '/b /5.svg', '/d /8.svg'].toSorted());
    expect(await verifyDataset(join(folder, 'second'))).toMatchObject({ sound: true });
    expect((await readManifest(join(folder, 'second'))).parents).toHaveLength(1);
    await expect(access(join(folder, 'second', 'since'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('that was one itself asks again by the same validators', async () => {
    await crawlSince('third', 'second');
    expect(log.filter((line) => line.endsWith(' 200'))).toEqual(['/plain/3.svg 200']);
  });

  it('is gone on with after an interruption, to the same bytes', async () => {
    const abort = new AbortController();
    const stopping = crawlSince('stopped', 'first', {
      maxShardRows: 2,
      signal: abort.signal,
      onProgress: ({ type }) => type === 'page' && abort.abort(),
    });
    await expect(stopping).rejects.toBeInstanceOf(Interrupted);
    await crawlSince('stopped', 'first', { maxShardRows: 2 });
    await crawlSince('unstopped', 'first', { maxShardRows: 2 });
    expect(await folderBytes(join(folder, 'stopped'))).toEqual(await folderBytes(join(folder, 'unstopped')));
  });

  it('fetches pictures anew that are to have another size', async () => {
    const rows = await crawlSince('fitted', 'first', { resize: { mode: 'border', size: 16 } });
    expect(log.filter((line) => line.includes('.svg') && line.endsWith(' 304'))).toEqual([]);
    expect(rows.get('/ /1.svg')).toMatchObject({ mime: 'image/jpeg', width: 16, fetchedAt: LATER });
  });

  it('takes over pictures that have the size already', async () => {
    const before = new Map((await rowsOf(join(folder, 'fitted'))).map((row) => [row.id, row]));
    const rows = await crawlSince('fitted-again', 'fitted', { resize: { size: 16, mode: 'border' } });
    expect(log).toContain('/1.svg 304');
    const row = rows.get('/ /1.svg')!;
    expect(row).toEqual(before.get(row.id));
  });

  it('brings back nothing that was forgotten', async () => {
    await crawlSince('fourth', 'second');
    await forgetPairs(join(folder, 'fourth'), { urls: ['http://site.test/4.svg'] });
    const rows = await crawlSince('fifth', 'fourth');
    expect([...rows.values()].filter(({ image }) => image !== null).map(({ imageUrl }) => imageUrl)).not.toContain(
      'http://site.test/4.svg',
    );
  });

  it('needs a crawl that is finished', async () => {
    const writer = await openDataset(join(folder, 'half'), { stage: 'crawl', recipe: {} });
    await writer.close();
    await expect(crawlSince('never', 'half')).rejects.toMatchObject({ code: 'SINCE_UNFINISHED', exitStatus: 2 });
    const other = await openDataset(join(folder, 'other'), { stage: 'import', recipe: {} });
    await other.finish();
    await other.close();
    await expect(crawlSince('never-2', 'other')).rejects.toMatchObject({ code: 'SINCE_STAGE' });
    await expect(crawlSince('never-3', 'nowhere')).rejects.toMatchObject({ code: 'DATASET_MISSING' });
  });
});
