import type { Element } from 'domhandler';
import { cleanText } from '../html/clean-text.ts';
import type { FlowPicture } from '../html/document-flow.ts';
import { elementText } from '../html/element-text.ts';
import type { HtmlPage } from '../html/html-page.ts';
import { pictureCandidates } from '../html/picture-candidates.ts';
import type { SourceAdapter } from './source-adapter.ts';

const CONTENT = [
  '#mw-content-text',
  '#bodyContent',
  '.lemma-content, .lemmaContent, .main-content',
  'main, [role=main]',
  'article',
  '#content',
];
const TITLE = ['#firstHeading', '.lemmaTitle h1, .lemmaWgt-lemmaTitle-title h1', 'h1'];
const CATEGORIES =
  '#mw-normal-catlinks li a, #catlinks li a, .catlinks li a, .categories a, .category a, .tag-item, .taglist, #open-tag-item, a[rel~=tag]';
const INFOBOX = /(?:^|[\s_-])(?:infobox|basic-?info|summary-pic|lemma-?card|info-?card)/i;
const GALLERY = /(?:^|[\s_-])(?:gallery|gallerybox|album)/i;
/** Pages about pages. */
const NOT_AN_ARTICLE =
  /[?&](?:action|oldid|diff|printable|veaction|redlink)=|(?:\/|title=)(?:Special|Talk|User|File|Image|Template|Help|MediaWiki|Module|%E7%89%B9%E6%AE%8A|%E8%AE%A8%E8%AE%BA|%E7%94%A8%E6%88%B7|%E6%96%87%E4%BB%B6|%E6%A8%A1%E6%9D%BF|%E5%B8%AE%E5%8A%A9):/i;
/** A lead shorter than this is a label. */
const MIN_LEAD_CHARACTERS = 10;
const MAX_LEAD_CHARACTERS = 300;

/**
 * Encyclopedias like Baike and MediaWiki. Takes the pictures of an entry (infobox, gallery, thumbnails, lazy ones) with their
 * captions, the entry's title, the text around them, and its categories as tags; pictures of the infobox and of galleries get
 * the entry's lead, which is about the same thing. Follows links to other entries and categories.
 */
export const encyclopedia: SourceAdapter = {
  kind: 'encyclopedia',
  seedRequests: ({ seeds }) => seeds.map((url) => ({ url })),
  extract(page) {
    if (page.format !== 'html') return { candidates: [], links: [] };
    const { html } = page;
    const links = html.links.filter((url) => !NOT_AN_ARTICLE.test(url)).map((url) => ({ url }));
    const content = html.first(...CONTENT);
    const heading = html.first(...TITLE);
    const title = heading === null ? html.metadata.documentTitle : elementText(heading);
    const lead = leadOf(html, content);
    const candidates = pictureCandidates(html, {
      content,
      titles: [title],
      tags: categoriesOf(html),
      surrounding: (picture, found) => surrounding(picture, found, lead),
    });
    return { candidates, links };
  },
};

function categoriesOf(html: HtmlPage): string[] {
  const categories = html
    .$(CATEGORIES)
    .toArray()
    .map((element) => elementText(element));
  return categories.length > 0 ? categories : html.metadata.tags;
}

function surrounding(picture: FlowPicture, found: string[], lead: string | null): string[] {
  if (lead === null) return found;
  if (isWithin(picture, INFOBOX)) return [lead];
  return isWithin(picture, GALLERY) && found.length === 0 ? [lead] : found;
}

function isWithin(picture: FlowPicture, names: RegExp): boolean {
  for (let node = picture.element.parent; node !== null; node = node.parent) {
    if (names.test((node as Element).attribs?.['class'] ?? '')) return true;
  }
  return false;
}

/** The first paragraph of the entry that isn't in a table. */
function leadOf(html: HtmlPage, content: Element | null): string | null {
  const { flow } = html.flow;
  const extent = content === null ? undefined : flow.extents.get(content);
  const blocks = extent === undefined ? flow.blocks : flow.blocks.slice(extent.firstBlock, extent.endBlock);
  const lead = blocks.find(({ element, isCaption, isFurniture, isHeading, text }) => {
    const isParagraph =
      element !== null && (element.name === 'p' || /lemma-?summary|(?:^|\s)para/i.test(element.attribs['class'] ?? ''));
    return isParagraph && !isCaption && !isFurniture && !isHeading && text.length >= MIN_LEAD_CHARACTERS;
  });
  return lead === undefined ? null : cleanText(lead.text, MAX_LEAD_CHARACTERS);
}
