import iconv from 'iconv-lite';
import { photo, svg } from './pictures.ts';
import type { Route } from './test-web.ts';

const ENTRIES = 24;
const ARTICLES = 8;
const POSTS = 12;
const POSTS_A_PAGE = 4;
const LONG = '这是一段足够长的文字，讲的是今天在城里发生的一件小事，读者看完以后会知道发生了什么，也会知道为什么会发生。';

export const THREE_SITES = [
  { name: 'baike', kind: 'encyclopedia', seeds: ['http://baike.test/'] },
  { name: 'news', kind: 'news', seeds: ['http://news.test/sitemap.xml', 'http://news.test/rss.xml'] },
  { name: 'weibo', kind: 'weibo', seeds: ['http://weibo.test/u/7'] },
] as const;

/** An encyclopedia, a news site and a microblog, whose pictures lie on a host of their own and are shared in part. */
export async function threeSites(): Promise<Record<string, Route>> {
  const routes: Record<string, Route> = { 'img.test/logo.svg': svg(999) };
  for (let number = 0; number < ENTRIES + ARTICLES + POSTS; number += 1) {
    routes[`img.test/${number}.png`] = number % 3 === 0 ? await photo('png', number) : svg(number);
  }
  addEncyclopedia(routes);
  addNews(routes);
  addMicroblog(routes);
  return routes;
}

function addEncyclopedia(routes: Record<string, Route>): void {
  const logo = '<header><img src="http://img.test/logo.svg" alt="百科"></header>';
  const links = Array.from({ length: ENTRIES }, (_, number) => `<li><a href="/item/${number}">条目${number}</a></li>`);
  routes['baike.test/'] = `<html><title>百科</title>${logo}<main><ul>${links.join('')}</ul></main>`;
  for (let number = 0; number < ENTRIES; number += 1) {
    const next = `<a href="/item/${(number * 7) % ENTRIES}">另见</a><a href="/missing/${number % 2}">缺页</a>`;
    routes[`baike.test/item/${number}`] = `<html><title>条目${number} - 百科</title>${logo}<main><h1>条目${number}</h1>
      <p>条目${number}是一种常见的事物，${LONG}</p><figure><img data-src="http://img.test/${number}.png" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">
      <figcaption>第${number}号图的说明</figcaption></figure><img src="http://img.test/gone/${number % 5}.png" alt="坏图">${next}</main>`;
  }
}

function addNews(routes: Record<string, Route>): void {
  const urls = Array.from({ length: ARTICLES }, (_, number) => `http://news.test/a/${number}.html`);
  const locations = urls.slice(0, 5).map((url) => `<url><loc>${url}</loc></url>`);
  routes['news.test/sitemap.xml'] =
    `<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${locations.join('')}</urlset>`;
  const items = urls.slice(4).map((url) => `<item><title>新闻</title><link>${url}</link></item>`);
  routes['news.test/rss.xml'] = `<?xml version="1.0"?><rss version="2.0"><channel>${items.join('')}</channel></rss>`;
  for (const [number, url] of urls.entries()) {
    const html = `<html><head><title>新闻${number}</title></head><body><article><h1>第${number}条新闻</h1><p>${LONG}</p><p>${LONG}</p>
      <figure><img src="http://img.test/${ENTRIES + number}.png"><figcaption>新闻现场</figcaption></figure><p>${LONG}${LONG}</p></article></body></html>`;
    // Half of them in the encoding of old sites, which nothing declares.
    routes[url.slice('http://'.length)] = { body: number % 2 === 0 ? html : iconv.encode(html, 'gb18030') };
  }
}

function addMicroblog(routes: Record<string, Route>): void {
  for (let page = 0; page * POSTS_A_PAGE < POSTS; page += 1) {
    const cards = Array.from({ length: POSTS_A_PAGE }, (_, index) => {
      const number = page * POSTS_A_PAGE + index;
      const pictures = [ENTRIES + ARTICLES + number, number].map((picture) => ({
        pid: `${picture}`,
        url: `http://img.test/${picture}.png`,
      }));
      return { mblog: { id: `${5000 + number}`, text: `今天遇到了#第${number}件事#<br/>真不错`, pics: pictures } };
    });
    const isLast = (page + 1) * POSTS_A_PAGE >= POSTS;
    const answer = { ok: 1, data: { cards, cardlistInfo: isLast ? {} : { since_id: page + 1 } } };
    const query = page === 0 ? '' : `&since_id=${page}`;
    routes[`weibo.test/api/container/getIndex?containerid=1076037${query}`] = { body: JSON.stringify(answer) };
  }
}
