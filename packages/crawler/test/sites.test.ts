import { access, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pictureCandidates } from '@wenlan/crawler';
import type { CrawlOptions, CrawlSummary, SourceAdapter, SourceConfig } from '@wenlan/crawler';
import type { Pair } from '@wenlan/shards';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { crawlTestWeb, rowsOf } from './support/crawl-test-web.ts';
import { photo, svg } from './support/pictures.ts';
import { startTestWeb } from './support/test-web.ts';
import type { Route, TestWeb } from './support/test-web.ts';

let folder: string;
let web: TestWeb | undefined;
let crawls = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-crawl-sites-'));
});
afterEach(() => web?.close());
afterAll(() => rm(folder, { recursive: true }));

const A: SourceConfig = { name: 'a', kind: 'web', seeds: ['http://a.test/'] };

async function crawlRoutes(
  routes: Record<string, Route>,
  source: Partial<SourceConfig> = {},
  options: Partial<CrawlOptions> = {},
): Promise<{ summary: CrawlSummary; rows: Pair[]; out: string }> {
  web = await startTestWeb(routes);
  const out = join(folder, String((crawls += 1)));
  const summary = await crawlTestWeb(web, { out, sources: [{ ...A, ...source }], ...options });
  return { summary, rows: await rowsOf(out), out };
}

const outcomes = (rows: readonly Pair[]): Record<string, string> =>
  Object.fromEntries(rows.map(({ imageUrl, outcome }) => [imageUrl!.replace('http://a.test/', ''), outcome]));
const images = (...names: string[]): string => names.map((name) => `<img src="/${name}">`).join('');

describe('every candidate has its row', () => {
  it('whatever becomes of its picture', async () => {
    const png = await photo('png');
    const { rows } = await crawlRoutes(
      {
        'a.test/':
          images('ok', 'gone', 'broken', 'page', 'cut', 'empty', 'big', 'secret', 'noai', 'tdm', 'loop', 'slow') +
          '<img src="http://10.0.0.1/x"><img src="http://nowhere.invalid/x"><img src="data:image/png;base64,AA">',
        'a.test/robots.txt': 'User-agent: *\nDisallow: /secret',
        'a.test/ok': png,
        'a.test/broken': { status: 500 },
        'a.test/page': '<html>not found</html>',
        'a.test/cut': png.subarray(0, png.length / 2),
        'a.test/empty': Buffer.alloc(0),
        'a.test/big': Buffer.alloc(100_000),
        'a.test/secret': png,
        'a.test/noai': { headers: { 'x-robots-tag': 'noai' }, body: png },
        'a.test/tdm': { headers: { 'tdm-reservation': '1' }, body: png },
        'a.test/loop': { status: 302, headers: { location: '/loop' } },
        'a.test/slow': () => {},
      },
      {},
      { maxImageBytes: 50_000, limits: { firstByteTimeoutMillis: 200 } },
    );
    expect(outcomes(rows)).toEqual({
      ok: 'ok',
      gone: 'http-4xx',
      broken: 'http-5xx',
      page: 'not-image',
      cut: 'decode',
      empty: 'not-image',
      big: 'too-big',
      secret: 'robots',
      noai: 'opt-out',
      tdm: 'opt-out',
      loop: 'redirect-loop',
      slow: 'timeout',
      'http://10.0.0.1/x': 'filtered:private-address',
      'http://nowhere.invalid/x': 'dns',
    });
    const byName = new Map(rows.map((row) => [row.imageUrl!.replace('http://a.test/', ''), row]));
    expect(Buffer.from(byName.get('ok')!.image!).equals(png)).toBe(true);
    expect(rows.filter(({ image }) => image !== null)).toHaveLength(1);
    expect(byName.get('secret')!.consent).toEqual({ robots: 'disallow', xRobotsTag: null, tdm: null, license: null });
    expect(byName.get('noai')!.consent).toEqual({ robots: 'allow', xRobotsTag: 'noai', tdm: null, license: null });
    expect(byName.get('tdm')!.consent).toEqual({ robots: 'allow', xRobotsTag: null, tdm: '1', license: null });
  });

  it('once for a page, with the texts of all its places', async () => {
    const lazy = '<figure><img data-src="/1"><noscript><img src="/1" alt="一"></noscript><figcaption>说明</figcaption></figure>';
    const { rows } = await crawlRoutes({
      'a.test/': lazy + '<a href="/?again">又</a>',
      'a.test/?again': lazy,
      'a.test/1': svg(1),
    });
    expect(rows.map(({ pageUrl, outcome }) => [pageUrl, outcome])).toEqual([
      ['http://a.test/', 'ok'],
      ['http://a.test/?again', `duplicate:${rows[0]!.id}`],
    ]);
    expect(rows[0]!.texts).toEqual([
      { kind: 'caption', text: '说明' },
      { kind: 'alt', text: '一' },
    ]);
  });

  it('and a picture that failed has failed on every page', async () => {
    const { rows } = await crawlRoutes({ 'a.test/': `${images('gone')}<a href="/2">二</a>`, 'a.test/2': images('gone') });
    expect(rows.map(({ outcome }) => outcome)).toEqual(['http-4xx', 'http-4xx']);
    expect(web!.requests.filter((address) => address === 'a.test/gone')).toHaveLength(1);
  });

  it('a page that opts out has rows, and nobody asks for its pictures', async () => {
    const { rows } = await crawlRoutes({
      'a.test/': `<meta name="robots" content="noai, nofollow">${images('1')}<a href="/2">二</a>`,
      'a.test/2': images('2'),
    });
    expect(outcomes(rows)).toEqual({ 1: 'opt-out' });
    expect(rows[0]!.consent).toMatchObject({ xRobotsTag: 'noai,nofollow' });
    expect(web!.requests).toEqual(['a.test/robots.txt', 'a.test/']);
  });
});

describe('how far a crawl goes', () => {
  const chain = (length: number): Record<string, Route> =>
    Object.fromEntries(
      Array.from({ length }, (_, page) => [
        `a.test/${page === 0 ? '' : page}`,
        `${images(`${page}.svg`)}<a href="/${page + 1}">下一页</a>`,
      ]),
    );

  it('maxPages', async () => {
    const { summary } = await crawlRoutes(chain(9), { maxPages: 4 });
    expect(summary).toMatchObject({ pages: 4, candidates: 4 });
    expect(summary.advice[0]).toBe('The source "a" has reached its maxPages, 4; raise it to follow the links that are left.');
  });

  it('maxDepth', async () => {
    expect((await crawlRoutes(chain(9), { maxDepth: 0 })).summary.pages).toBe(1);
    await web!.close();
    expect((await crawlRoutes(chain(9), { maxDepth: 2 })).summary.pages).toBe(3);
  });

  it('scope: pages elsewhere are not asked for, pictures are', async () => {
    const routes = {
      'a.test/': '<a href="http://b.test/">外</a><a href="/wiki/1">内</a><a href="/talk/1">谈</a><img src="http://b.test/1.svg">',
      'a.test/wiki/1': images('2.svg'),
      'a.test/talk/1': images('3.svg'),
      'b.test/1.svg': svg(1),
      'b.test/': images('4.svg'),
    };
    const { summary } = await crawlRoutes(routes, { scope: ['a.test/wiki/'] });
    expect(summary).toMatchObject({ pages: 2, candidates: 2, byOutcome: { ok: 1, 'http-4xx': 1 } });
    expect(web!.requests).not.toContain('b.test/');
    expect(web!.requests).not.toContain('a.test/talk/1');
  });

  it('a seed that has moved is followed, another page that leads out of the source is not taken', async () => {
    const { summary } = await crawlRoutes({
      'a.test/': { status: 301, headers: { location: 'http://www.a.test/' } },
      'www.a.test/': `${images('1.svg')}<a href="/2">二</a><a href="/out">出</a>`,
      'www.a.test/2': images('2.svg'),
      'www.a.test/out': { status: 302, headers: { location: 'http://b.test/' } },
      'b.test/': images('3.svg'),
    });
    expect(summary).toMatchObject({ pagesByOutcome: { ok: 2, 'out-of-scope': 1 }, candidates: 2 });
  });

  it('robots.txt, and its crawl-delay for sites that ask for one', async () => {
    const { summary } = await crawlRoutes({
      'a.test/': `${images('1.svg')}<a href="/private/1">私</a>`,
      'a.test/robots.txt': 'User-agent: wenlan\nDisallow: /private/\nCrawl-delay: 0.01',
      'a.test/private/1': images('2.svg'),
    });
    expect(summary).toMatchObject({ pagesByOutcome: { ok: 1, robots: 1 }, candidates: 1 });
    expect(web!.requests).not.toContain('a.test/private/1');
  });
});

describe('a site that answers nothing', () => {
  it.each<[string, string, Record<string, Route>, RegExp]>([
    [
      'has no name',
      'http://nowhere.invalid/',
      {},
      /^No page of the source "a" could be read: http:\/\/nowhere\.invalid\/ gave dns \(.+\); check the spelling/,
    ],
    ['says no', 'http://a.test/', { 'a.test/': { status: 403 } }, /gave http-4xx \(status 403\); open one of its addresses/],
    [
      'forbids it',
      'http://a.test/',
      { 'a.test/robots.txt': 'User-agent: *\nDisallow: /' },
      /gave robots \(robots\.txt forbids it\); the site's robots\.txt forbids/,
    ],
    [
      'is on this machine',
      'http://127.0.0.1:1/',
      {},
      /gave filtered:private-address \(127\.0\.0\.1 is not a public address\); if the network is yours/,
    ],
  ])('%s', async (_, seed, routes, sentence) => {
    const options = { allowAddresses: seed.includes('127') ? [] : ['127.0.0.0/8'] };
    await expect(crawlRoutes(routes, { seeds: [seed] }, options)).rejects.toMatchObject({
      code: 'SITES_SILENT',
      exitStatus: 2,
      message: expect.stringMatching(sentence) as string,
    });
    // Nothing is kept that would stand in the way of a mended command.
    await expect(access(join(folder, String(crawls), 'manifest.json'))).rejects.toThrow('ENOENT');
  });

  it('takes connections and keeps silent', async () => {
    const server = createServer(() => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const sources = [{ ...A, seeds: Array.from({ length: 20 }, (_, seed) => `http://a.test/${seed}`) }];
    const connectTo = { 'a.test': `127.0.0.1:${port}` };
    const limits = { firstByteTimeoutMillis: 100 };
    await expect(crawlTestWeb({ connectTo }, { out: join(folder, 'deaf'), sources, limits })).rejects.toThrow(
      /gave timeout \(.+\); try again later/,
    );
    server.close();
  });

  it('beside one that does is named in the advice', async () => {
    web = await startTestWeb({ 'a.test/': images('1.svg'), 'a.test/1.svg': svg(1) });
    const sources: SourceConfig[] = [A, { name: 'b', kind: 'news', seeds: ['http://nowhere.invalid/'] }];
    const { advice } = await crawlTestWeb(web, { out: join(folder, 'beside'), sources });
    expect(advice).toEqual([
      expect.stringContaining('No page of the source "b" could be read: http://nowhere.invalid/ gave dns'),
    ]);
  });

  it('and a microblog that wants a login says so', async () => {
    const routes = { 'w.test/api/container/getIndex?containerid=1076031': { body: '{"ok":-100}' } };
    await expect(crawlRoutes(routes, { kind: 'weibo', seeds: ['http://w.test/u/1'] })).rejects.toThrow(
      /gave unreadable \(the site asks for a login\); its answer isn't what such a source answers/,
    );
  });
});

it('a microblog is read on its mobile site, page after page, whichever its seed names', async () => {
  const answer = (id: number, next: Record<string, unknown>): Route => ({
    body: JSON.stringify({
      ok: 1,
      data: {
        cards: [{ mblog: { id: `${id}`, text: `第${id}条`, pics: [{ pid: `${id}`, url: `http://a.test/${id}.svg` }] } }],
        cardlistInfo: next,
      },
    }),
  });
  const first = 'm.weibo.cn/api/container/getIndex?containerid=1076031';
  const routes = {
    [first]: answer(1, { since_id: 9 }),
    [`${first}&since_id=9`]: answer(2, {}),
    'a.test/1.svg': svg(1),
    'a.test/2.svg': svg(2),
  };
  const { rows } = await crawlRoutes(routes, { kind: 'weibo', seeds: ['http://weibo.com/u/1'] });
  expect(outcomes(rows)).toEqual({ '1.svg': 'ok', '2.svg': 'ok' });
});

describe('a source of your own', () => {
  const comics: SourceAdapter = {
    kind: 'web',
    seedRequests: ({ seeds }) => seeds.map((url) => ({ url, label: 'index' })),
    extract(page) {
      if (page.request.label === 'index') return { candidates: [], links: (page.json() as string[]).map((url) => ({ url })) };
      return { candidates: pictureCandidates(page.html, { content: null, titles: ['漫画'], tags: [] }), links: [] };
    },
  };

  it('is one object', async () => {
    const routes = {
      'a.test/': '["http://a.test/1", "javascript:"]',
      'a.test/1': '<img src="/1.svg" alt="封面">',
      'a.test/1.svg': svg(1),
    };
    const { rows } = await crawlRoutes(routes, { adapter: comics });
    expect(rows.map(({ outcome, texts }) => [outcome, texts.map(({ text }) => text)])).toEqual([['ok', ['封面', '漫画']]]);
  });

  it('whose mistakes cost a page each', async () => {
    const broken: SourceAdapter = {
      ...comics,
      extract: (page) => ({
        candidates: page.url.endsWith('/') ? [] : [{ imageUrl: 'x.png', texts: [] }],
        links: [{ url: 'http://a.test/1' }, { url: 'x' }],
      }),
    };
    const { summary } = await crawlRoutes({ 'a.test/': '', 'a.test/1': '' }, { adapter: broken });
    expect(summary).toMatchObject({ pagesByOutcome: { ok: 1, unreadable: 1 }, candidates: 0 });
  });
});

it('another recipe is refused by name', async () => {
  web = await startTestWeb({ 'a.test/': images('1.svg', '2.svg'), 'a.test/1.svg': svg(1) });
  const out = join(folder, 'recipe');
  await crawlTestWeb(web, { out, sources: [A] });
  await expect(crawlTestWeb(web, { out, sources: [{ ...A, maxPages: 7 }] })).rejects.toThrow(
    /was begun with another recipe: sources.0.maxPages was 1000 and is now 7/,
  );
});
