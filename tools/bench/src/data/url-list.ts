import type { SourceAdapter } from '@wenlan/crawler';

/** Reads JSON lists of picture URLs, or, with the label `pages`, of pages. */
export const urlList: SourceAdapter = {
  kind: 'web',
  seedRequests: ({ seeds }) => seeds.map((url) => ({ url, label: url.includes('/queue') ? 'pages' : 'pictures' })),
  extract(page) {
    const urls = page.json() as string[];
    if (page.request.label === 'pages') return { candidates: [], links: urls.map((url) => ({ url })) };
    return { candidates: urls.map((imageUrl) => ({ imageUrl, texts: [{ kind: 'alt', text: imageUrl }] })), links: [] };
  },
};
