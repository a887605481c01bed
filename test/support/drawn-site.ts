import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { drawings } from './drawings.ts';

/** A folder of HTML: a page for each variant with its 24 drawings and their captions, and one that links them. */
export async function writeDrawnSite(folder: string, variants: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  const pages = Array.from({ length: variants }, (_, variant) => variant);
  for (const variant of pages) {
    const figures = drawings(variant).map(({ caption, svg }, index) => {
      const file = `${variant === variants - 1 ? 'held-out' : 'seen'}-${variant}-${index}.svg`;
      return { file, svg, html: `<figure><img src="${file}"><figcaption>${caption}</figcaption></figure>` };
    });
    await writeFile(join(folder, `${variant}.html`), page(`图形 ${variant}`, figures.map(({ html }) => html).join('\n')));
    for (const { file, svg } of figures) await writeFile(join(folder, file), svg);
  }
  const links = pages.map((variant) => `<a href="${variant}.html">第${variant}页</a>`);
  await writeFile(join(folder, 'index.html'), page('图形', links.join('\n')));
}

const page = (title: string, body: string): string =>
  `<!doctype html><html lang="zh"><meta charset="utf-8"><title>${title}</title><body>${body}</body></html>`;
