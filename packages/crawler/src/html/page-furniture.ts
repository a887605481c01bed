import type { Element } from 'domhandler';

const ROLES = new Set(['navigation', 'banner', 'contentinfo', 'complementary', 'search', 'menu', 'menubar', 'toolbar']);
const NEVER = new Set(['html', 'body', 'main', 'article', 'p', 'figure', 'img', 'picture']);

/** A class or id of which this is the whole or the last part (`site-footer`) stands for what every page of a site has. */
const NAMES =
  /^(?:nav|navbar|navi|navigation|menu|sidebar|sidenav|aside|foot|footer|breadcrumbs?|crumbs?|toolbar|topbar|ads?|advert|adverts|advertisement|adbox|adslot|banner|share|sharing|related|recommend|recommends|recommendation|recommendations|copyright|login|search|searchbox|navheader|navfooter|pager|pagination|comments?|qrcode)$/;

/**
 * Whether an element begins what surrounds a page's content: navigation, footers, adverts, recommendations. Pictures in it are
 * candidates like all others, but the texts of the page don't speak of them.
 * @param isInContent whether the element lies in a `main` or `article`, whose `header` is content
 */
export function isFurniture(element: Element, isInContent: boolean): boolean {
  const { name, attribs } = element;
  if (NEVER.has(name)) return false;
  if (name === 'nav' || name === 'aside') return true;
  if ((name === 'header' || name === 'footer') && !isInContent) return true;
  if (ROLES.has(attribs['role'] ?? '')) return true;
  const labels = `${attribs['class'] ?? ''} ${attribs['id'] ?? ''}`.trim();
  if (labels === '') return false;
  return labels
    .toLowerCase()
    .split(/\s+/)
    .some((label) => NAMES.test(label) || NAMES.test(label.slice(Math.max(label.lastIndexOf('-'), label.lastIndexOf('_')) + 1)));
}
