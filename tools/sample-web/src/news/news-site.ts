import { escape } from '../html.ts';
import { pictureUrl } from '../pictures/picture-address.ts';
import { show } from '../plan.ts';
import type { Plan } from '../plan.ts';
import { Dice } from '../random.ts';
import { html, notFound, redirect, text } from '../reply.ts';
import type { Reply, Request, Site } from '../reply.ts';
import { articlePage, articlePath, NEWS_ORIGIN, newsPage, sectionAddress, STYLESHEET } from './article-page.ts';
import { articlesOf } from './articles.ts';
import type { Article } from './articles.ts';
import { feed, sitemap, sitemapIndex } from './feeds.ts';
import { GB_SECTION, SECTIONS } from './sections.ts';
import type { Section } from './sections.ts';

const ROBOTS = `User-agent: *
Disallow: /internal/
Disallow: /search
Disallow: /go/

Sitemap: ${NEWS_ORIGIN}/sitemap.xml
`;
const PER_LIST = 20;
const THUMBNAILS = 4;
const RELATED = 4;
const MEMOS = 3;
const MEMO_PICTURES = 5;

/** A news site: home, sections in pages, articles, RSS, sitemaps. Its own `/pic/` shows what the picture host has. */
export function newsSite(plan: Plan, pictures: Site): Site {
  const bySection = articlesOf(plan);
  const pages = new Map<string, () => Reply>();
  const all = [...bySection.values()].flat();
  for (const [section, articles] of bySection) {
    for (const [index, article] of articles.entries()) {
      const related = Array.from({ length: RELATED }, (_, step) => articles[(index + 1 + step) % articles.length]!);
      pages.set(articlePath(article), () => articlePage(plan.seed, article, related));
      // Where the article stood before the site was rebuilt.
      pages.set(`/a/${article.id}.htm`, () => redirect(articlePath(article)));
    }
    const count = Math.ceil(articles.length / PER_LIST);
    for (let page = 0; page < count; page += 1)
      pages.set(listPath(section, page), () => listPage(section, articles, page, count));
    pages.set(`/rss/${section.path}.xml`, () => feed(section, articles.slice(0, PER_LIST)));
    pages.set(`/sitemap/${section.path}.xml`, () => sitemap(articles));
  }
  pages.set('/', () => homePage(bySection));
  pages.set('/sitemap.xml', () => sitemapIndex());
  pages.set('/internal/', () => internalPage(plan, 0));
  for (let memo = 1; memo <= MEMOS; memo += 1) pages.set(`/internal/memo_${memo}.html`, () => internalPage(plan, memo));
  pages.set('/static/news.css', () => text(STYLESHEET, 'text/css; charset=utf-8'));
  pages.set('/robots.txt', () => text(ROBOTS, 'text/plain; charset=utf-8'));
  // An article that was taken down; the sections still link to it.
  const gone = `/life/2026-08/30/content_${all[0]!.id - 9_000}.html`;
  pages.set(gone, () => notFound('该文章已被删除'));

  return (request: Request) => {
    const { url } = request;
    if (url.pathname.startsWith('/pic/'))
      return pictures({ ...request, url: new URL(url.pathname.slice('/pic'.length) + url.search, url) });
    return pages.get(url.pathname)?.() ?? notFound();
  };

  function homePage(sections: ReadonlyMap<Section, readonly Article[]>): Reply {
    const blocks = [...sections].map(([section, articles]) => {
      const links = articles
        .slice(0, 6)
        .map((article) => `<li><a href="${articlePath(article)}">${escape(article.headline)}</a></li>`);
      return `<section><h2><a href="/${section.path}/">${section.name}</a></h2><ul>${links.join('')}</ul></section>`;
    });
    const old = all.slice(0, 3).map((article) => `<li><a href="/a/${article.id}.htm">${escape(article.headline)}</a></li>`);
    const head = `<link rel="alternate" type="application/rss+xml" title="生活" href="/rss/life.xml">`;
    const body = `<div class="wrap"><h1>今日要闻</h1>${blocks.join('\n')}<section><h2>往期回顾</h2><ul>${old.join('')}<li><a href="${gone}">本周天气回顾</a></li></ul></section></div>`;
    return newsPage({ title: '首页', head, body, charset: 'utf-8' });
  }
}

const listPath = ({ path }: Section, page: number): string => `/${path}/${page === 0 ? '' : `index_${page + 1}.html`}`;

function listPage(section: Section, articles: readonly Article[], page: number, count: number): Reply {
  const rows = articles.slice(page * PER_LIST, (page + 1) * PER_LIST).map((article, index) => {
    const url = NEWS_ORIGIN + articlePath(article);
    const [first] = article.figures;
    const thumbnail =
      index < THUMBNAILS && first !== undefined
        ? `<a href="${url}"><img src="${sectionAddress(section, first.shown, 1)}" alt=""></a>`
        : '';
    return `<li>${thumbnail}<div><a href="${url}">${escape(article.headline)}</a><p>${escape(article.lead.slice(0, 60))}…</p><span>${article.date}</span></div></li>`;
  });
  const pager = Array.from(
    { length: count },
    (_, other) => `<a href="${NEWS_ORIGIN}${listPath(section, other)}">${other + 1}</a>`,
  );
  const head = `<link rel="alternate" type="application/rss+xml" title="${section.name}" href="${NEWS_ORIGIN}/rss/${section.path}.xml">`;
  const body = `<div class="wrap"><h1>${section.name}</h1><ul class="list">${rows.join('\n')}</ul><div class="pager">${pager.join(' ')} 下一页</div></div>`;
  return newsPage({
    title: section.name,
    head,
    body,
    charset: section.path === GB_SECTION ? 'gb-meta' : 'utf-8',
    base: section.addresses === 'base',
  });
}

/** What robots.txt keeps from crawlers. */
function internalPage(plan: Plan, memo: number): Reply {
  const dice = new Dice(plan.seed, 'internal', memo);
  const images = memo === 0 ? [] : dice.sample(plan.concepts, MEMO_PICTURES).map((concept) => show(concept, 'apple')!);
  const list = Array.from(
    { length: MEMOS },
    (_, index) => `<a href="/internal/memo_${index + 1}.html">备忘${index + 1}</a>`,
  ).join(' ');
  const figures = images.map(
    ({ drawing, concept }) =>
      `<figure><img src="${pictureUrl(drawing)}"><figcaption>${escape(concept.label)}</figcaption></figure>`,
  );
  return html(
    `<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>内参</title></head><body><h1>内部资料 请勿外传</h1>${list}${figures.join('')}</body></html>`,
  );
}

/** Where a crawl of the site begins. */
export const NEWS_SEEDS: readonly string[] = [
  `${NEWS_ORIGIN}/`,
  `${NEWS_ORIGIN}/sitemap.xml`,
  ...SECTIONS.slice(0, 1).map(({ path }) => `${NEWS_ORIGIN}/rss/${path}.xml`),
];
