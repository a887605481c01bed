import { load } from 'cheerio/slim';
import { resolveUrl } from '../html/image-url.ts';

export interface FeedLinks {
  /** Sitemaps of a sitemap index. */
  sitemaps: string[];
  /** Pages of a sitemap, RSS or Atom feed, in its order, each once. */
  pages: string[];
}

/** The addresses in a sitemap, sitemap index (sitemaps.org), RSS 0.9–2.0 or Atom feed (RFC 4287). */
export function feedLinks(xml: string, url: string): FeedLinks {
  const $ = load(xml, { xml: true });
  const textsOf = (selector: string): string[] =>
    $(selector)
      .toArray()
      .map((element) => $(element).text());
  const entries = $('entry > link[href]')
    .toArray()
    .filter(({ attribs }) => (attribs['rel'] ?? 'alternate') === 'alternate')
    .map(({ attribs }) => attribs['href']!);
  return {
    sitemaps: resolved(textsOf('sitemapindex > sitemap > loc'), url),
    pages: resolved([...textsOf('urlset > url > loc'), ...textsOf('item > link'), ...entries], url),
  };
}

function resolved(addresses: readonly string[], base: string): string[] {
  const urls = addresses.flatMap((address) => resolveUrl(address, base)?.href ?? []);
  return [...new Set(urls)];
}
