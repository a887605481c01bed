import { describe, expect, it } from 'vitest';
import { extract, linksOf, pageOf, textsOf } from '../../test/support/page-of.ts';
import { feedLinks } from './feed-links.ts';
import { news } from './news.ts';

const FIRST = '四川的大熊猫基地今天迎来了两只新出生的幼崽，工作人员说它们都很健康，已经会喝奶了。';
const SECOND = '这是今年在这里出生的第三对双胞胎。基地将在下个月开放参观，游客可以隔着玻璃看到它们。';

const ARTICLE = `<html><head><title>熊猫双胞胎出生 - 某新闻网</title><meta property="og:type" content="article">
<meta property="og:title" content="熊猫双胞胎出生"><meta property="og:image" content="http://img.test/share.jpg"><meta name="keywords" content="熊猫,四川">
<link rel="alternate" type="application/rss+xml" href="/rss.xml"></head><body>
<div class="nav"><a href="/">首页</a><img src="/logo.png" alt="某新闻网"></div>
<h1>熊猫双胞胎出生</h1>
<div class="article-content"><p>${FIRST}</p><p><img src="http://img.test/1.jpg"></p><p>▲刚出生的幼崽 张三摄</p><p>${SECOND}</p>
<figure><img src="http://img.test/2.jpg" alt="妈妈"><figcaption>熊猫妈妈抱着孩子</figcaption></figure></div>
<div class="ad"><img src="http://ad.test/x.jpg" alt="买车"></div><a href="/a/2.html">更多</a></body></html>`;

describe('a news article', () => {
  it('gives its pictures captions, headline, paragraphs and keywords, and adverts what is said of them only', async () => {
    const extraction = await extract(news, pageOf('http://news.test/a/1.html', ARTICLE));
    expect(Object.fromEntries(extraction.candidates.map((candidate) => [candidate.imageUrl, textsOf(candidate)]))).toEqual({
      'http://news.test/logo.png': ['alt:某新闻网'],
      'http://img.test/1.jpg': [
        'caption:▲刚出生的幼崽 张三摄',
        'title:熊猫双胞胎出生',
        `surrounding:${FIRST}`,
        `surrounding:${SECOND}`,
        'tag:熊猫',
        'tag:四川',
      ],
      'http://img.test/2.jpg': [
        'alt:妈妈',
        'caption:熊猫妈妈抱着孩子',
        'title:熊猫双胞胎出生',
        `surrounding:${SECOND}`,
        'tag:熊猫',
        'tag:四川',
      ],
      'http://ad.test/x.jpg': ['alt:买车'],
      'http://img.test/share.jpg': ['title:熊猫双胞胎出生', 'tag:熊猫', 'tag:四川'],
    });
    expect(linksOf(extraction)).toEqual(['http://news.test/rss.xml', 'http://news.test/', 'http://news.test/a/2.html']);
  });

  it('is not a section page, whose title says nothing of its pictures', async () => {
    const html = '<title>体育频道</title><ul><li><a href="/1"><img src="/1.jpg" alt="决赛"></a><p>昨天的比赛</p></li></ul>';
    const { candidates } = await extract(news, pageOf('http://news.test/sport/', html));
    expect(candidates.map(textsOf)).toEqual([['alt:决赛', 'surrounding:昨天的比赛']]);
  });

  it('a seed adds the sitemaps of its robots.txt', async () => {
    const sitemaps = ['http://news.test/map.xml', 'nowhere:'];
    const seed = pageOf('http://news.test/', '<a href="/1">一</a>', {
      sitemaps,
      request: { url: 'http://news.test/', label: 'seed' },
    });
    expect(linksOf(await extract(news, seed))).toEqual(['http://news.test/map.xml', 'nowhere:', 'http://news.test/1']);
    expect(linksOf(await extract(news, pageOf('http://news.test/', '<a href="/1">一</a>', { sitemaps })))).toEqual([
      'http://news.test/1',
    ]);
    expect(news.seedRequests({ name: 'n', kind: 'news', seeds: ['http://news.test/'] })).toEqual([
      { url: 'http://news.test/', label: 'seed' },
    ]);
  });

  it('a feed is its links, and other things nothing', async () => {
    expect(linksOf(await extract(news, pageOf('http://news.test/s.xml', '<urlset><url><loc>/1</loc></url></urlset>')))).toEqual([
      'http://news.test/1',
    ]);
    expect(linksOf(await extract(news, pageOf('http://news.test/x', '{}')))).toEqual([]);
  });
});

describe(feedLinks, () => {
  const links = (xml: string) => feedLinks(`<?xml version="1.0"?>${xml}`, 'http://a.test/feed');

  it.each([
    [
      'sitemap',
      '<urlset><url><loc> http://a.test/1 </loc><lastmod>2026</lastmod></url><url><loc>http://a.test/2?a=1&amp;b=2</loc></url></urlset>',
    ],
    [
      'news sitemap',
      '<urlset xmlns:news="n"><url><loc>/1</loc><news:news><news:title>标题</news:title></news:news></url><url><loc>/2?a=1&amp;b=2</loc></url></urlset>',
    ],
    [
      'RSS 2.0',
      '<rss><channel><link>http://a.test/</link><item><link>/1</link></item><item><link><![CDATA[http://a.test/2?a=1&b=2]]></link></item><item><link>/1</link></item></channel></rss>',
    ],
    [
      'RSS 1.0',
      '<rdf:RDF><channel><link>/</link></channel><item><link>/1</link></item><item><link>/2?a=1&amp;b=2</link></item></rdf:RDF>',
    ],
    [
      'Atom',
      '<feed><link href="/"/><entry><link rel="self" href="/no"/><link href="/1"/></entry><entry><link rel="alternate" href="/2?a=1&amp;b=2"/></entry></feed>',
    ],
  ])('%s', (_, xml) => {
    expect(links(xml)).toEqual({ sitemaps: [], pages: ['http://a.test/1', 'http://a.test/2?a=1&b=2'] });
  });

  it('sitemap index', () => {
    expect(
      links('<sitemapindex><sitemap><loc>/s1.xml</loc></sitemap><sitemap><loc>/s2.xml.gz</loc></sitemap></sitemapindex>'),
    ).toEqual({
      sitemaps: ['http://a.test/s1.xml', 'http://a.test/s2.xml.gz'],
      pages: [],
    });
  });

  it('broken XML gives what it has', () => {
    expect(links('<urlset><url><loc>/1</loc><url><loc>/2')).toMatchObject({ sitemaps: [] });
    expect(links('')).toEqual({ sitemaps: [], pages: [] });
  });
});
