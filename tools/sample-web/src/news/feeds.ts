import { escape } from '../html.ts';
import { text } from '../reply.ts';
import type { Reply } from '../reply.ts';
import { articlePath, NEWS_ORIGIN } from './article-page.ts';
import type { Article } from './articles.ts';
import { SECTIONS } from './sections.ts';
import type { Section } from './sections.ts';

/** The newest articles of a section (RSS 2.0). */
export function feed(section: Section, articles: readonly Article[]): Reply {
  const items = articles.map(
    (
      article,
    ) => `<item><title>${escape(article.headline)}</title><link>${NEWS_ORIGIN}${articlePath(article)}</link><guid isPermaLink="true">${NEWS_ORIGIN}${articlePath(article)}</guid>
<pubDate>${new Date(article.date).toUTCString()}</pubDate><description><![CDATA[${article.lead}]]></description></item>`,
  );
  return text(
    `<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>文澜新闻-${section.name}</title><link>${NEWS_ORIGIN}/${section.path}/</link><description>文澜新闻${section.name}频道</description><language>zh-cn</language>
${items.join('\n')}
</channel></rss>
`,
    'application/rss+xml; charset=utf-8',
  );
}

/** All articles of a section (sitemaps.org). */
export function sitemap(articles: readonly Article[]): Reply {
  const urls = articles.map(
    (article) => `<url><loc>${NEWS_ORIGIN}${articlePath(article)}</loc><lastmod>${article.date}</lastmod></url>`,
  );
  return text(
    `<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${urls.join('\n')}\n</urlset>\n`,
    'application/xml',
  );
}

export function sitemapIndex(): Reply {
  const sitemaps = SECTIONS.map(({ path }) => `<sitemap><loc>${NEWS_ORIGIN}/sitemap/${path}.xml</loc></sitemap>`);
  return text(
    `<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${sitemaps.join('\n')}\n</sitemapindex>\n`,
    'application/xml',
  );
}
