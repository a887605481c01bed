import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { retry } from '@wenlan/crawler';
import type { RetryOptions } from '@wenlan/crawler';
import { forgetPairs, importDataset, openDataset, readManifest, verifyDataset } from '@wenlan/shards';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { crawlTestWeb, FETCHED_AT, rowsOf } from './support/crawl-test-web.ts';
import { svg } from './support/pictures.ts';
import { startTestWeb } from './support/test-web.ts';
import type { Handler, TestWeb } from './support/test-web.ts';

let folder: string;
let web: TestWeb;
let isIll = true;
const ill =
  (number: number): Handler =>
  (_request, response) =>
    isIll ? response.writeHead(500).end() : response.writeHead(200, { 'content-type': 'image/svg+xml' }).end(svg(number));
const page = (links: string, pictures: string[]): string =>
  `<html><body>${links}${pictures.map((name) => `<p>说明${name}</p><img src="http://img.test/${name}" alt="图${name}">`).join('')}</body></html>`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-retry-'));
  web = await startTestWeb({
    'site.test/': page('<a href="/2">二</a><a href="/3">三</a>', ['good.svg']),
    'site.test/2': page('', ['ill.svg', 'gone.svg']),
    'site.test/3': page('', ['ill.svg', 'other.svg']),
    'img.test/good.svg': svg(1),
    'img.test/ill.svg': ill(2),
    'img.test/other.svg': ill(3),
  });
});
afterAll(async () => {
  await web.close();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  isIll = true;
});

async function crawled(name: string): Promise<string> {
  const out = join(folder, name);
  const sources = [{ name: 'site', kind: 'web' as const, seeds: ['http://site.test/'] }];
  await crawlTestWeb(web, { out, sources, maxShardRows: 1 });
  isIll = false;
  web.requests.length = 0;
  return out;
}

const retryOf = (out: string, where: string, more: Partial<RetryOptions> = {}): ReturnType<typeof retry> =>
  retry(out, {
    where,
    contact: 'crawl@example.org',
    connectTo: web.connectTo,
    allowAddresses: ['127.0.0.0/8'],
    perHost: { requestsPerSecond: 100_000, concurrency: 16 },
    limits: { retries: 1, retryBaseMillis: 1 },
    clock: () => FETCHED_AT + 1,
    seed: 1,
    ...more,
  });

describe(retry, () => {
  it('fetches only the rows of the condition and writes only their shards anew', async () => {
    const out = await crawled('some');
    const before = await readManifest(out);
    expect(before.totals.byOutcome).toEqual({ ok: 1, 'http-5xx': 3, 'http-4xx': 1 });
    const rowsBefore = await rowsOf(out);

    const summary = await retryOf(out, 'outcome in (timeout, http-5xx)');

    expect(summary).toEqual({ rows: 3, shardsRewritten: 2, byOutcome: { ok: 2, duplicate: 1 } });
    expect(web.requests.filter((address) => !address.endsWith('/robots.txt')).toSorted()).toEqual([
      'img.test/ill.svg',
      'img.test/other.svg',
    ]);
    const after = await readManifest(out);
    expect(after.totals.byOutcome).toEqual({ ok: 3, duplicate: 1, 'http-4xx': 1 });
    expect(after.shards[0]).toEqual(before.shards[0]);
    expect(await verifyDataset(out)).toMatchObject({ sound: true, rows: 5 });

    const rows = await rowsOf(out);
    expect(rows.map(({ id, texts }) => ({ id, texts }))).toEqual(rowsBefore.map(({ id, texts }) => ({ id, texts })));
    const [first, second] = rows.filter(({ imageUrl }) => imageUrl === 'http://img.test/ill.svg');
    expect(first).toMatchObject({ outcome: 'ok', mime: 'image/svg+xml', width: 64, fetchedAt: FETCHED_AT + 1 });
    expect(Buffer.from(first!.image!)).toEqual(svg(2));
    expect(second).toMatchObject({ outcome: `duplicate:${first!.id}`, image: null, sha256: first!.sha256 });
  });

  it('goes on after the shards that are done', async () => {
    const out = await crawled('stopped');
    const stop = new AbortController();
    const where = 'outcome = http-5xx';
    const stopped = retryOf(out, where, {
      signal: stop.signal,
      onProgress: (event) => event.type === 'shard' && event.rows > 0 && stop.abort(),
    });
    await expect(stopped).rejects.toThrow('abort');
    expect(await retryOf(out, where)).toEqual({ rows: 2, shardsRewritten: 1, byOutcome: { duplicate: 1, ok: 1 } });
    expect((await readManifest(out)).totals.byOutcome).toEqual({ ok: 3, duplicate: 1, 'http-4xx': 1 });
  });

  it('brings nothing back that was forgotten, and fetches no row that is good', async () => {
    const out = await crawled('forgotten');
    await forgetPairs(out, { urls: ['http://img.test/other.svg'] });
    expect(await retryOf(out, 'outcome != timeout')).toMatchObject({
      rows: 3,
      byOutcome: { ok: 1, duplicate: 1, 'http-4xx': 1 },
    });
    expect(web.requests).not.toContain('img.test/other.svg');
    expect(web.requests).not.toContain('img.test/good.svg');
    expect((await readManifest(out)).totals.byOutcome['forgotten']).toBe(1);
  });

  it('fetches the pictures of an imported list', async () => {
    const list = join(folder, 'list.csv');
    const urls = ['http://img.test/good.svg', 'http://img.test/absent.svg', 'http://img.test/other.svg'];
    await writeFile(list, `url,caption\n${urls.map((url, index) => `${url},说明${index}`).join('\n')}\n`);
    const out = join(folder, 'list');
    isIll = false;
    expect(await importDataset(list, { out })).toMatchObject({ rows: 3, byOutcome: { 'filtered:not-fetched': 3 } });
    expect(await retryOf(out, 'outcome = filtered:not-fetched')).toMatchObject({ rows: 3, byOutcome: { ok: 2, 'http-4xx': 1 } });
    expect((await rowsOf(out)).map(({ imageUrl, outcome, texts }) => [imageUrl, outcome, texts[0]!.text])).toEqual([
      [urls[0], 'ok', '说明0'],
      [urls[1], 'http-4xx', '说明1'],
      [urls[2], 'ok', '说明2'],
    ]);
  });

  it('says what is wrong', async () => {
    const out = await crawled('wrong');
    await expect(retryOf(out, 'outcome in (timeout')).rejects.toMatchObject({ code: 'WHERE_INVALID' });
    await expect(retryOf(out, 'outcome in ()')).rejects.toMatchObject({ code: 'WHERE_INVALID' });
    await expect(retryOf(out, 'outcome = dns', { contact: '' })).rejects.toMatchObject({ code: 'CRAWL_OPTIONS' });
    const clean = await openDataset(join(folder, 'clean'), { stage: 'clean', recipe: {} });
    await clean.close();
    await expect(retryOf(join(folder, 'clean'), 'outcome = dns')).rejects.toMatchObject({ code: 'RETRY_STAGE' });
    const unfinished = await openDataset(join(folder, 'unfinished'), { stage: 'crawl', recipe: {} });
    await unfinished.close();
    await expect(retryOf(join(folder, 'unfinished'), 'outcome = dns')).rejects.toMatchObject({ code: 'RETRY_UNFINISHED' });
  });
});
