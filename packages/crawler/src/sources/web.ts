import { pictureCandidates } from '../html/picture-candidates.ts';
import type { SourceAdapter } from './source-adapter.ts';

/**
 * Any site. Takes every picture of a page: alt text, caption, title, the page's title, the text around it, keywords. Follows
 * every link.
 */
export const web: SourceAdapter = {
  kind: 'web',
  seedRequests: ({ seeds }) => seeds.map((url) => ({ url })),
  extract(page) {
    if (page.format !== 'html') return { candidates: [], links: [] };
    const { html } = page;
    const { documentTitle, tags } = html.metadata;
    return {
      candidates: pictureCandidates(html, { content: null, titles: [documentTitle], tags }),
      links: html.links.map((url) => ({ url })),
    };
  },
};
