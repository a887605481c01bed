import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Interrupted } from '@wenlan/crawler';
import type { CrawlProgress } from '@wenlan/crawler';
import { pairId, verifyDataset } from '@wenlan/shards';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crawlTestWeb, FETCHED_AT, rowsOf } from './support/crawl-test-web.ts';
import { folderBytes } from './support/folder-bytes.ts';
import { startTestWeb } from './support/test-web.ts';
import type { TestWeb } from './support/test-web.ts';
import { THREE_SITES, threeSites } from './support/three-sites.ts';

const sources = THREE_SITES.map((source) => ({ ...source, seeds: [...source.seeds] }));
let folder: string;
let web: TestWeb;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-crawl-'));
  web = await startTestWeb(await threeSites());
});
afterAll(async () => {
  await web.close();
  await rm(folder, { recursive: true });
});

describe('a crawl of three sites', () => {
  it('writes a row for every picture, with its texts and what became of it', async () => {
    const out = join(folder, 'whole');
    const progress: CrawlProgress[] = [];
    web.requests.length = 0;
    const summary = await crawlTestWeb(web, { out, sources, onProgress: (event) => progress.push(event) });

    // The encyclopedia has a logo on 25 pages and two pictures in each of 24 entries; posts show two pictures.
    expect(summary).toEqual({
      candidates: 25 + 48 + 8 + 24,
      byOutcome: { ok: 1 + 24 + 8 + 12, duplicate: 24 + 12, 'http-4xx': 24 },
      bySource: { baike: 73, news: 8, weibo: 24 },
      bySourceAndOutcome: {
        baike: { ok: 15, duplicate: 34, 'http-4xx': 24 },
        news: { ok: 8 },
        weibo: { ok: 22, duplicate: 2 },
      },
      pages: 25 + 2 + 10 + 3,
      pagesByOutcome: { ok: 38, 'http-4xx': 2 },
      failingHosts: [
        { host: 'img.test', outcome: 'http-4xx', count: 5 },
        { host: 'baike.test', outcome: 'http-4xx', count: 2 },
      ],
      advice: [
        '24 of 105 pictures gave http-4xx; open one of its addresses in a browser; it may have moved, or want a login or another Referer.',
      ],
    });
    expect(await verifyDataset(out)).toMatchObject({ sound: true, complete: true, rows: 105 });

    const rows = await rowsOf(out);
    const figure = rows.find(
      ({ imageUrl, pageUrl }) => imageUrl === 'http://img.test/20.png' && pageUrl === 'http://baike.test/item/20',
    )!;
    expect(figure).toMatchObject({
      id: pairId('http://img.test/20.png', 'http://baike.test/item/20'),
      source: 'encyclopedia',
      mime: 'image/svg+xml',
      width: 64,
      height: 64,
      fetchedAt: FETCHED_AT,
      outcome: 'ok',
      consent: { robots: 'allow', xRobotsTag: null, tdm: null, license: null },
    });
    expect(figure.texts.slice(0, 2)).toEqual([
      { kind: 'caption', text: '第20号图的说明' },
      { kind: 'title', text: '条目20' },
    ]);
    const [first, second] = rows.filter(({ imageUrl }) => imageUrl === 'http://img.test/5.png');
    expect(first).toMatchObject({ outcome: 'ok', source: 'weibo', pageUrl: 'http://weibo.test/detail/5005' });
    expect(first!.texts).toEqual([
      { kind: 'post', text: '今天遇到了#第5件事# 真不错' },
      { kind: 'tag', text: '第5件事' },
    ]);
    expect(second).toMatchObject({ outcome: `duplicate:${first!.id}`, source: 'encyclopedia', image: null, fetchedAt: null });
    expect(second!.sha256).toEqual(first!.sha256);
    expect(second!.texts[0]).toEqual({ kind: 'caption', text: '第5号图的说明' });
    const old = rows.find(({ pageUrl }) => pageUrl === 'http://news.test/a/3.html')!;
    expect(old.texts[0]).toEqual({ kind: 'caption', text: '新闻现场' });

    // What many pages of a site show was asked for once; every host for its robots.txt.
    const shown = web.requests.filter((address) => address === 'img.test/logo.svg' || address.startsWith('img.test/gone/'));
    expect(shown.toSorted()).toEqual([
      ...Array.from({ length: 5 }, (_, number) => `img.test/gone/${number}.png`),
      'img.test/logo.svg',
    ]);
    expect(web.requests.filter((address) => address.endsWith('/robots.txt'))).toHaveLength(4);
    expect(progress.at(-1)).toMatchObject({ type: 'page', pagesDone: 40, pagesQueued: 0, rows: 105 });
  });

  it('gives the same bytes for any concurrency, and for one that is told to stop again and again', async () => {
    const one = join(folder, 'one');
    await crawlTestWeb(web, { out: one, sources, maxShardRows: 10, concurrency: 1 });
    const many = join(folder, 'many');
    await crawlTestWeb(web, { out: many, sources, maxShardRows: 10, concurrency: 16 });
    const expected = await folderBytes(one);
    expect(await folderBytes(many)).toEqual(expected);
    expect(Object.keys(expected).length).toBeGreaterThan(5);

    const stopped = join(folder, 'stopped');
    let stops = 0;
    for (;;) {
      const controller = new AbortController();
      const crawling = crawlTestWeb(web, {
        out: stopped,
        sources,
        maxShardRows: 10,
        signal: controller.signal,
        onProgress: () => controller.abort(),
      });
      const error: unknown = await crawling.then(
        () => null,
        (reason: unknown) => reason,
      );
      if (error === null) break;
      expect(error).toBeInstanceOf(Interrupted);
      expect((error as Error).message).toMatch(
        /^Interrupted after \d+ pictures; run the same command again to go on from there\.$/,
      );
      stops += 1;
    }
    expect(stops).toBeGreaterThan(3);
    expect(await folderBytes(stopped)).toEqual(expected);
  });

  it('that is complete asks for nothing', async () => {
    const out = join(folder, 'again');
    const summary = await crawlTestWeb(web, { out, sources });
    await expect(access(join(out, 'frontier'))).rejects.toThrow('ENOENT');
    web.requests.length = 0;
    expect(await crawlTestWeb(web, { out, sources })).toEqual(summary);
    expect(web.requests).toEqual([]);
  });

  it('takes turns between its sources', async () => {
    const order: string[] = [];
    await crawlTestWeb(web, {
      out: join(folder, 'turns'),
      sources,
      onProgress: (event) => {
        if (event.type === 'page') order.push(event.source);
      },
    });
    expect(order.slice(0, 6).toSorted()).toEqual(['baike', 'baike', 'news', 'news', 'weibo', 'news'].toSorted());
  });
});
