import { inflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSampleWeb } from '../src/index.ts';
import type { SampleWeb } from '../src/index.ts';
import { get, mapSome } from './get.ts';
import { walk } from './walk.ts';
import type { Candidate, Walk } from './walk.ts';

let web: SampleWeb;
let found: Walk;
let candidates: Candidate[];
beforeAll(async () => {
  web = await startSampleWeb({ seed: 1 });
  found = await walk(web);
  candidates = [...found.candidates.values()];
}, 60_000);
afterAll(() => web.close());

const referer = { referer: 'http://weibo.wenlan.test/' };
/** Addresses of pictures of one kind, each once. */
const addresses = (kind: string): string[] =>
  [...new Set(candidates.map(({ imageUrl }) => imageUrl))].filter((url) => new RegExp(`\\.test/(?:pic/)?${kind}/`).test(url));
const originalOf = (url: string, kind: string): string =>
  url.replace('news.wenlan.test/pic', 'img.wenlan.test').replace(`/${kind}/`, '/');
const bodies = (urls: readonly string[]): Promise<Buffer[]> => mapSome(urls, async (url) => (await get(web, url, referer)).body);
const texts = (): string[] => candidates.flatMap(({ own }) => own);
const pagesOf = (host: string): [string, string][] =>
  [...found.pages]
    .filter(([address, { status }]) => status === 200 && new URL(address).hostname === host)
    .map(([address, { text }]) => [address, text]);

/** The pixels of a PNG, filtered as they are stored. */
function pixelsOf(png: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  return inflateSync(Buffer.concat(parts));
}

describe('pictures', () => {
  it('include a logo on every page, an advert on some articles, and a tracking pixel on every article', async () => {
    const logos = candidates.filter(({ imageUrl }) => imageUrl.endsWith('-logo.svg'));
    expect(logos.length).toBe(
      pagesOf('baike.wenlan.test').length + pagesOf('news.wenlan.test').filter(([, text]) => text.includes('-logo.svg')).length,
    );
    const articles = pagesOf('news.wenlan.test').filter(([address]) => address.includes('/content_'));
    expect(candidates.filter(({ imageUrl }) => imageUrl.includes('/stat.gif?')).length).toBe(articles.length);
    expect(candidates.filter(({ imageUrl }) => imageUrl.includes('/ad/')).length).toBeGreaterThan(articles.length / 4);
    const pixel = (await get(web, 'http://img.wenlan.test/stat.gif?site=news&id=1')).body;
    expect([pixel.toString('latin1', 0, 4), pixel.readUInt16LE(6), pixel.readUInt16LE(8)]).toEqual(['GIF8', 1, 1]);
    const banner = (await get(web, 'http://img.wenlan.test/ad/banner-1.svg')).body.toString();
    expect(banner).toContain('width="970" height="90"');
  });

  it('include the same bytes under other addresses', async () => {
    const mirrors = addresses('mirror');
    expect(mirrors.length).toBeGreaterThan(80);
    const [copies, originals] = await Promise.all([bodies(mirrors), bodies(mirrors.map((url) => originalOf(url, 'mirror')))]);
    expect(copies.filter((copy, index) => !copy.equals(originals[index]!))).toEqual([]);
  });

  it('include the same pixels in other bytes', async () => {
    const resaved = addresses('resaved').filter((url) => url.endsWith('.png'));
    expect(addresses('resaved').length).toBeGreaterThan(40);
    const [copies, originals] = await Promise.all([bodies(resaved), bodies(resaved.map((url) => originalOf(url, 'resaved')))]);
    for (const [index, copy] of copies.entries()) {
      expect(copy.equals(originals[index]!)).toBe(false);
      expect(pixelsOf(copy).equals(pixelsOf(originals[index]!))).toBe(true);
    }
  });

  it('include nearly the same pictures in another size', async () => {
    const scaled = addresses('scaled');
    expect(scaled.length).toBeGreaterThan(60);
    const [copy, original] = (await bodies([scaled[0]!, originalOf(scaled[0]!, 'scaled')])) as [Buffer, Buffer];
    const [left, right] = [copy.toString(), original.toString()];
    const drawn = (svg: string): string => svg.slice(svg.indexOf('>', svg.indexOf('<svg')));
    expect(drawn(left)).toBe(drawn(right));
    expect(left).toMatch(/<svg[^>]* width="240" height="240" viewBox="-[^"]+"/);
    expect(right).not.toMatch(/<svg[^>]* width="240"/);
  });

  it('include some that end too early, that are web pages, that are empty, that are gone, that their server fails to send', async () => {
    const cut = addresses('cut');
    const [halves, wholes] = await Promise.all([bodies(cut), bodies(cut.map((url) => originalOf(url, 'cut')))]);
    expect(cut.length).toBeGreaterThan(15);
    expect(
      halves.every((half, index) => half.length < wholes[index]!.length && wholes[index]!.subarray(0, half.length).equals(half)),
    ).toBe(true);
    const pages = await mapSome(addresses('oops'), (url) => get(web, url));
    expect(pages.length).toBeGreaterThan(10);
    expect(
      pages.every(
        ({ headers, body }) => headers['content-type'] === 'image/png' && body.toString().startsWith('<!DOCTYPE html>'),
      ),
    ).toBe(true);
    const empty = await bodies(addresses('empty'));
    expect(empty.length).toBeGreaterThan(3);
    expect(empty.every(({ length }) => length === 0)).toBe(true);
    const statuses = async (kind: string): Promise<number[]> =>
      mapSome(addresses(kind), async (url) => (await get(web, url)).status);
    const [gone, busy] = await Promise.all([statuses('gone'), statuses('busy')]);
    expect(gone.length).toBeGreaterThan(20);
    expect(new Set(gone)).toEqual(new Set([404]));
    expect(busy.length).toBeGreaterThan(2);
    expect(new Set(busy)).toEqual(new Set([500]));
  });

  it('include some that their site keeps from crawlers, three ways', async () => {
    const robots = (await get(web, 'http://img.wenlan.test/robots.txt')).body.toString();
    expect(robots).toContain('Disallow: /private/');
    expect(addresses('private').length).toBeGreaterThan(10);
    const noai = await mapSome(addresses('noai'), (url) => get(web, url));
    expect(noai.length).toBeGreaterThan(3);
    expect(noai.every(({ headers }) => String(headers['x-robots-tag']).includes('noai'))).toBe(true);
    const reserved = await mapSome(addresses('reserved'), (url) => get(web, url));
    expect(reserved.length).toBeGreaterThan(3);
    expect(reserved.every(({ headers }) => headers['tdm-reservation'] === '1')).toBe(true);
  });

  it('include some that have moved, and posts that only their own site may show', async () => {
    const moved = await mapSome(addresses('moved'), (url) => get(web, url));
    expect(moved.length).toBeGreaterThan(3);
    expect(moved.every(({ status, headers }) => status === 301 && headers.location!.startsWith('http://img.wenlan.test/'))).toBe(
      true,
    );
    const [post] = addresses('large');
    expect((await get(web, post!)).status).toBe(403);
    expect((await get(web, post!, { referer: 'http://elsewhere.test/' })).status).toBe(403);
    expect((await get(web, post!, referer)).status).toBe(200);
  });
});

describe('pages', () => {
  it('of one section of the news are in GB18030, declared by header, in the page or nowhere', async () => {
    const articles = await mapSome(
      [...found.pages.keys()].filter((address) => /\/society\/.*content_/.test(address)),
      (address) => get(web, address),
    );
    const declared = { header: 0, meta: 0, nowhere: 0 };
    for (const { headers, body } of articles) {
      expect(() => new TextDecoder('utf-8', { fatal: true }).decode(body)).toThrow();
      expect(new TextDecoder('gb18030', { fatal: true }).decode(body)).toContain('文澜新闻');
      const kind = /charset/.test(headers['content-type']!)
        ? 'header'
        : /charset=gb2312/.test(body.toString('latin1'))
          ? 'meta'
          : 'nowhere';
      declared[kind] += 1;
    }
    expect(Math.min(...Object.values(declared))).toBeGreaterThan(5);
  });

  it('are missing, redirect, or redirect in a circle, here and there', () => {
    const all = [...found.pages.entries()];
    expect(all.filter(([, { status }]) => status === 404).length).toBeGreaterThan(5);
    expect(all.filter(([, { status }]) => status === 301).length).toBeGreaterThan(10);
    const loop = all.filter(
      ([, { location, status }]) =>
        status === 302 &&
        location !== null &&
        found.pages.get(new URL(location, 'http://baike.wenlan.test/').href)?.location?.startsWith('/wiki/') === true,
    );
    expect(loop.length).toBe(2);
  });

  it('are kept from crawlers by robots.txt, with pictures on them', () => {
    const kept = [...found.pages].filter(
      ([address]) => address.includes('/internal/memo') || decodeURIComponent(address).includes('/wiki/草稿:'),
    );
    expect(kept.length).toBe(6);
    expect(kept.every(([, { text }]) => text.includes('<img'))).toBe(true);
    expect(pagesOf('news.wenlan.test').filter(([, text]) => text.includes('content="noimageindex"')).length).toBeGreaterThan(0);
  });

  it('have one that is slow', async () => {
    const times = await mapSome(
      pagesOf('baike.wenlan.test').map(([address]) => address),
      async (address) => {
        const began = performance.now();
        await get(web, address);
        return performance.now() - began;
      },
    );
    expect(times.filter((millis) => millis >= 1_400).length).toBeGreaterThanOrEqual(1);
  });

  it('load pictures lazily, in several sizes, without script, relative to the page or to a base', () => {
    const baike = pagesOf('baike.wenlan.test').map(([, text]) => text);
    const count = (pattern: RegExp, pages: readonly string[]): number => pages.filter((text) => pattern.test(text)).length;
    expect(count(/ data-src="\/\//, baike)).toBeGreaterThan(100);
    expect(count(/ data-original="/, baike)).toBeGreaterThan(100);
    expect(count(/<noscript><img/, baike)).toBeGreaterThan(100);
    expect(count(/ srcset="[^"]* 2x"/, baike)).toBeGreaterThan(100);
    expect(count(/<picture><source srcset=/, baike)).toBeGreaterThan(100);
    const news = pagesOf('news.wenlan.test').map(([, text]) => text);
    expect(count(/<base href="http:\/\/img\.wenlan\.test\/">/, news)).toBeGreaterThan(10);
    expect(count(/="\.\.\/\.\.\/\.\.\/pic\//, news)).toBeGreaterThan(10);
    expect(count(/&ldquo;|&#x7684;/, [...news, ...baike])).toBeGreaterThan(50);
  });

  it('of the microblog ask for a login, have none, pass posts on and cut long ones short', async () => {
    const weibo = [...found.pages]
      .filter(([address]) => address.includes('/api/container/'))
      .map(([, { text }]) => JSON.parse(text) as { ok: number; data?: { cards: unknown[] } });
    expect(weibo.filter(({ ok }) => ok === -100).length).toBe(1);
    expect(weibo.filter(({ ok, data }) => ok === 0 && data?.cards.length === 0).length).toBe(1);
    const all = JSON.stringify(weibo);
    expect(all.match(/"retweeted_status"/g)!.length).toBeGreaterThan(40);
    expect(all.match(/"isLongText":true/g)!.length).toBeGreaterThan(20);
    const [, id] = /"id":"(\d+)"[^{}]*"isLongText":true/.exec(all)!;
    const { data } = JSON.parse((await get(web, `http://weibo.wenlan.test/statuses/extend?id=${id}`)).body.toString()) as {
      data: { longTextContent: string };
    };
    expect(data.longTextContent.length).toBeGreaterThan(30);
  });
});

describe('texts', () => {
  it.each([
    ['file names', /^(?:IMG_\d+|微信图片_\d+|DSC\d+)\.jpg$/i, 60],
    ["words of the page's controls", /点击查看大图|查看源网页|点击放大|图片来源[：:]/, 60],
    ['credits', /(?:摄|供图)[）)]?$/, 60],
    ['mentions', /@\S+/, 40],
    ['captions of links', /网页链接/, 40],
    ['posts passed on without a word', /^转发微博/, 0],
  ])('have %s', (_name, pattern, least) => {
    expect(texts().filter((text) => pattern.test(text)).length).toBeGreaterThanOrEqual(least);
  });

  it('have telephone numbers and e-mail addresses', () => {
    const news = pagesOf('news.wenlan.test').map(([, text]) => text.replace(/<div class="footer">.*/s, ''));
    expect(news.filter((text) => /010-\d{8}|400-\d{3}-\d{3,4}|1\d{10}/.test(text)).length).toBeGreaterThan(15);
    expect(news.filter((text) => /\w+@news\.wenlan\.test/.test(text)).length).toBeGreaterThan(10);
    expect(texts().filter((text) => /1390000\d{4}/.test(text)).length).toBeGreaterThan(3);
  });
});
