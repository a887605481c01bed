import type { CheerioAPI } from 'cheerio/slim';
import { resolveUrl } from './image-url.ts';

/** What no page has as the end of its address. */
const NOT_A_PAGE =
  /\.(?:jpe?g|png|gif|webp|avif|svg|bmp|ico|tiff?|mp[34]|m4[av]|avi|mov|wmv|flv|webm|og[gv]|wav|flac|zip|rar|7z|tar|gz|bz2|xz|exe|msi|dmg|apk|iso|pdf|docx?|xlsx?|pptx?|epub|mobi|css|js|json|woff2?|ttf|eot)$/i;

/** Addresses of the pages that a page links to, in document order, each once. */
export function pageLinks($: CheerioAPI, baseUrl: string): string[] {
  const links = new Set<string>();
  for (const { attribs } of $('a[href], area[href], link[rel=next][href]').toArray()) {
    if (/\bnofollow\b/i.test(attribs['rel'] ?? '')) continue;
    const url = resolveUrl(attribs['href']!, baseUrl);
    if (url !== null && !NOT_A_PAGE.test(url.pathname)) links.add(url.href);
  }
  return [...links];
}
