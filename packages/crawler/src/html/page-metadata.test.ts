import { describe, expect, it } from 'vitest';
import { HtmlPage } from './html-page.ts';

const metadataOf = (html: string): HtmlPage['metadata'] => new HtmlPage(html, 'http://a.test/p').metadata;
const linked = (value: unknown): string => `<script type="application/ld+json">${JSON.stringify(value)}</script>`;

describe('the metadata of a page', () => {
  it('Open Graph', () => {
    const html = `<title> 标题 - 网站 </title><meta property="og:type" content="article"><meta property="og:title" content="标题">
      <meta property="og:image" content="/1.jpg"><meta property="og:image:alt" content="第一张"><meta property="og:image" content="/2.jpg">
      <meta name="Keywords" content="熊猫,竹子，四川"><meta name="description" content="简介">`;
    expect(metadataOf(html)).toMatchObject({
      headline: '标题',
      documentTitle: '标题 - 网站',
      description: '简介',
      tags: ['熊猫', '竹子', '四川'],
      isArticle: true,
      license: null,
    });
    expect(metadataOf(html).pictures.map(({ url, alt }) => [url.href, alt])).toEqual([
      ['http://a.test/1.jpg', '第一张'],
      ['http://a.test/2.jpg', null],
    ]);
  });

  it('JSON-LD, in a graph, with pictures of all shapes', () => {
    const article = {
      '@type': ['NewsArticle'],
      headline: '新闻',
      description: '说明',
      keywords: ['甲', '乙、丙'],
      license: 'https://creativecommons.org/licenses/by/4.0/',
      image: ['/1.jpg', { url: '/2.jpg', caption: '图二' }, { contentUrl: '/3.jpg', name: '图三' }, 7],
    };
    const metadata = metadataOf(linked({ '@graph': [{ '@type': 'WebPage' }, article] }));
    expect(metadata).toMatchObject({ headline: '新闻', description: '说明', tags: ['甲', '乙', '丙'], isArticle: true });
    expect(metadata.license).toBe('https://creativecommons.org/licenses/by/4.0/');
    expect(metadata.pictures.map(({ url, captions }) => [url.pathname, ...captions])).toEqual([
      ['/1.jpg'],
      ['/2.jpg', '图二'],
      ['/3.jpg', '图三'],
    ]);
  });

  it('broken, or none', () => {
    const nothing = {
      headline: null,
      documentTitle: null,
      description: null,
      tags: [],
      pictures: [],
      isArticle: false,
      license: null,
      metas: [],
    };
    expect(metadataOf('<script type="application/ld+json">{"@type": </script>')).toEqual(nothing);
    expect(metadataOf(linked([null, 'x', { '@type': 'NewsArticle', headline: 7, image: null }]))).toEqual({
      ...nothing,
      isArticle: true,
    });
  });

  it('a link names the licence', () => {
    expect(metadataOf('<a rel="license" href="https://creativecommons.org/publicdomain/zero/1.0/">CC0</a>').license).toBe(
      'https://creativecommons.org/publicdomain/zero/1.0/',
    );
  });
});

describe('the links of a page', () => {
  it('are absolute, each once, in order, and lead to pages', () => {
    const html = `<base href="http://b.test/x/"><link rel="next" href="2"><a href="1">一</a><a href="1#top">又一</a><a href="/pic.jpg">图</a>
      <a href="javascript:go()">脚本</a><a href="mailto:a@b.test">邮件</a><a rel="nofollow" href="no">不</a><area href="http://c.test/3">`;
    expect(new HtmlPage(html, 'http://a.test/').links).toEqual(['http://b.test/x/2', 'http://b.test/x/1', 'http://c.test/3']);
  });
});
