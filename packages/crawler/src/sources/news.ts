import type { Element } from 'domhandler';
import { contentElement } from '../html/content-element.ts';
import { elementText } from '../html/element-text.ts';
import type { HtmlPage } from '../html/html-page.ts';
import { pictureCandidates } from '../html/picture-candidates.ts';
import { feedLinks } from './feed-links.ts';
import type { Page } from './page.ts';
import type { PageRequest, SourceAdapter } from './source-adapter.ts';

/** Less text than this is a list of links, not an article. */
const MIN_ARTICLE_CHARACTERS = 200;
const MIN_PARAGRAPH_CHARACTERS = 15;
const FEEDS = 'link[rel~=alternate][type="application/rss+xml"], link[rel~=alternate][type="application/atom+xml"]';

/**
 * News sites. Begins at sitemaps (also indexes and news sitemaps), RSS or Atom feeds or section pages, whose feeds and whose
 * site's sitemaps it finds. Takes the pictures of an article with alt text, `figcaption` or the caption below, the headline,
 * the paragraphs around them and keywords; adverts and navigation with what is said of them only; the article's picture in
 * JSON-LD or Open Graph. Follows every link.
 */
export const news: SourceAdapter = {
  kind: 'news',
  seedRequests: ({ seeds }) => seeds.map((url) => ({ url, label: 'seed' })),
  extract(page) {
    switch (page.format) {
      case 'xml': {
        const { sitemaps, pages } = feedLinks(page.text, page.url);
        return { candidates: [], links: [...sitemaps, ...pages].map((url) => ({ url })) };
      }
      case 'html':
        return { candidates: candidatesOf(page.html), links: linksOf(page) };
      default:
        return { candidates: [], links: [] };
    }
  },
};

function linksOf(page: Page): PageRequest[] {
  const { html } = page;
  const feeds = html
    .$(FEEDS)
    .toArray()
    .map(({ attribs }) => attribs['href'] ?? '');
  const sitemaps = page.request.label === 'seed' ? page.sitemaps : [];
  const found = [...feeds, ...sitemaps].flatMap((address) =>
    URL.canParse(address, html.baseUrl) ? new URL(address, html.baseUrl).href : [],
  );
  return [...found, ...html.links].map((url) => ({ url }));
}

function candidatesOf(html: HtmlPage): ReturnType<typeof pictureCandidates> {
  const { headline, documentTitle, tags, isArticle } = html.metadata;
  const content = contentElement(html);
  if (content === null || !(isArticle || textLength(html, content) >= MIN_ARTICLE_CHARACTERS)) {
    // The title of a section says nothing of what its pictures show.
    return pictureCandidates(html, { content: null, titles: [], tags: [] });
  }
  const heading = html.first('h1');
  const title = headline ?? (heading === null ? documentTitle : elementText(heading));
  return pictureCandidates(html, { content, titles: [title], tags });
}

function textLength(html: HtmlPage, content: Element): number {
  const { flow } = html.flow;
  const extent = flow.extents.get(content);
  if (extent === undefined) return 0;
  const paragraphs = flow.blocks.slice(extent.firstBlock, extent.endBlock).map(({ text }) => text.length);
  return paragraphs.filter((length) => length >= MIN_PARAGRAPH_CHARACTERS).reduce((sum, length) => sum + length, 0);
}
