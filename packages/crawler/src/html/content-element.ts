import type { Element } from 'domhandler';
import type { HtmlPage } from './html-page.ts';

/** Where content systems put the text of an article, the surest first. */
const ARTICLE_SELECTORS = [
  '[itemprop=articleBody]',
  '.article-content, .article_content, .articleContent, .article-body, .article_body, #artibody, #article_content, #articleContent',
  '.TRS_Editor, #js_content, .post_body, .post-content, .entry-content, .rm_txt_con, .content_area, #detailContent, #endText',
  'article',
];

/** A paragraph shorter than this is a label. */
const MIN_PARAGRAPH_CHARACTERS = 15;
/** What a grandparent gets of a paragraph's score, as in Arc90's Readability. */
const GRANDPARENT_SHARE = 0.5;

/**
 * The element that holds the text of an article: the one that says so, else the one whose own paragraphs hold the most text
 * (after Arc90's Readability). Null for a page without paragraphs.
 */
export function contentElement(page: HtmlPage): Element | null {
  return page.first(...ARTICLE_SELECTORS) ?? densestElement(page) ?? page.first('main, [role=main], #content, #main');
}

function densestElement(page: HtmlPage): Element | null {
  const scores = new Map<Element, number>();
  const add = (element: Element | null, score: number): void => {
    if (element !== null && element.name !== undefined) scores.set(element, (scores.get(element) ?? 0) + score);
  };
  for (const { element, text, isFurniture, isHeading } of page.flow.flow.blocks) {
    if (isFurniture || isHeading || element === null || text.length < MIN_PARAGRAPH_CHARACTERS) continue;
    const score = text.length * (1 + (text.match(/[，。、；！？,.;!?]/g)?.length ?? 0) / 10);
    const parent = element.parent as Element | null;
    add(element.name === 'p' ? parent : element, score);
    add((element.name === 'p' ? parent?.parent : parent) as Element | null, score * GRANDPARENT_SHARE);
  }
  let best: Element | null = null;
  for (const [element, score] of scores) if (best === null || score > scores.get(best)!) best = element;
  return best === null || best.name === 'html' ? null : best;
}
