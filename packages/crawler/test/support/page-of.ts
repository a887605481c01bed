import { Page } from '../../src/sources/page.ts';
import type { PageContent } from '../../src/sources/page.ts';
import type { Candidate, Extraction, PageRequest, SourceAdapter } from '../../src/sources/source-adapter.ts';

/** A page as if it had been fetched. @param more pages that it may ask for, by URL */
export function pageOf(
  url: string,
  body: string | Buffer,
  content: Partial<PageContent> = {},
  more: Readonly<Record<string, string>> = {},
): Page {
  return new Page({
    request: { url },
    url,
    headers: { 'content-type': 'text/html' },
    body: Buffer.from(body),
    sitemaps: [],
    fetch: async (request: PageRequest) => (more[request.url] === undefined ? null : pageOf(request.url, more[request.url]!)),
    ...content,
  });
}

export async function extract(adapter: SourceAdapter, page: Page): Promise<Extraction> {
  return await adapter.extract(page);
}

/** Texts as `kind:text`, so that they read well. */
export const textsOf = ({ texts }: Candidate): string[] => texts.map(({ kind, text }) => `${kind}:${text}`);
export const linksOf = ({ links }: Extraction): string[] => links.map(({ url }) => url);
