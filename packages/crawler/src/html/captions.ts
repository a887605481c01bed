import { isTag } from 'domhandler';
import type { Element, ParentNode } from 'domhandler';
import type { Block, DocumentFlow, Extent } from './document-flow.ts';
import { elementText } from './element-text.ts';

/** What is longer is an article, whatever its class says. */
const MAX_CAPTION_CHARACTERS = 300;
/** A line below a picture that only looks like a caption has to be shorter. */
const MAX_LINE_CHARACTERS = 120;
/** How far up from a caption its picture is looked for. */
const MAX_ANCESTORS = 4;

/** Classes that say so: MediaWiki's, Baike's, WordPress's and what content systems call it. */
const CAPTION_CLASS =
  /(?:^|[\s_-])(?:caption|figcaption|thumbcaption|gallerytext|wp-caption-text)(?:$|[\s_-])|(?:image|img|pic|picture|photo|figure|album|infobox)[_-]?(?:desc|description|note|caption|intro|explain|text|tit(?:le)?|name)/i;

/** DocBook has the title of a figure beside its pictures. */
const FIGURE_CLASS = /(?:^|\s)(?:informal)?figure(?:$|\s)/;
const TITLE_CLASS = /(?:^|\s)title(?:$|\s)/;

/** How captions begin: an arrow that points up at the picture, or the word "picture". */
const CAPTION_START = /^(?:[▲△↑⬆▼▽←→]|图\s*[:：]|图为|图\s*\d+|(?:资料|配|示意|题|上|下|左|右|附)图|摄影\s*[:：])/;
/** How they end: who took it, or where it comes from. */
const CAPTION_END =
  /(?:[\s。．.|｜／/（(]\S{0,20}(?:摄影?|供图|图片?来源)|(?:图源|图片来源|来源)\s*[:：]?\s*\S{0,20}|摄|供图)[)）。.]?$/;

/**
 * Finds the captions of a page's pictures and marks the blocks that hold them: elements that say so, and lines below a picture
 * that stands alone which are centred or worded as captions are.
 * @returns for each picture of the flow its captions
 */
export function assignCaptions(flow: DocumentFlow): string[][] {
  const captions = flow.pictures.map((): string[] => []);
  for (const [element, extent] of flow.extents) {
    if (!isCaptionElement(element)) continue;
    const text = elementText(element);
    if (text === '' || text.length > MAX_CAPTION_CHARACTERS) continue;
    const pictures = picturesOf(element, extent, flow);
    if (pictures.length === 0) continue;
    for (const picture of pictures) captions[picture]!.push(text);
    for (const block of flow.blocks.slice(extent.firstBlock, extent.endBlock)) block.isCaption = true;
  }
  for (const [index, found] of captions.entries()) {
    if (found.length > 0) continue;
    const line = lineBelow(flow, index);
    if (line === null) continue;
    line.isCaption = true;
    found.push(line.text);
  }
  return captions;
}

function isCaptionElement(node: ParentNode): node is Element {
  const { name, attribs } = node as Element;
  if (name === undefined || name === 'body' || name === 'html') return false;
  return name === 'figcaption' || CAPTION_CLASS.test(attribs['class'] ?? '') || isFigureTitle(node as Element);
}

function isFigureTitle({ attribs, parent }: Element): boolean {
  return (
    TITLE_CLASS.test(attribs['class'] ?? '') &&
    parent !== null &&
    isTag(parent) &&
    FIGURE_CLASS.test(parent.attribs['class'] ?? '')
  );
}

/** The pictures that a caption is for: those of its figure; else the one in the nearest element around both that has any. */
function picturesOf(caption: Element, extent: Extent, flow: DocumentFlow): number[] {
  const figure = isFigureTitle(caption)
    ? (caption.parent as Element)
    : ancestors(caption, MAX_ANCESTORS).find(({ name }) => name === 'figure');
  if (figure !== undefined) return range(flow.extents.get(figure)!);
  // An element of such a class that has pictures in it is their frame, and its text their caption.
  if (extent.endPicture > extent.firstPicture) return range(extent);
  for (const ancestor of ancestors(caption, MAX_ANCESTORS)) {
    const around = flow.extents.get(ancestor);
    if (around === undefined || around.endPicture === around.firstPicture) continue;
    const isBelow = extent.firstPicture > around.firstPicture;
    return [isBelow ? extent.firstPicture - 1 : extent.firstPicture];
  }
  return [];
}

function ancestors(element: Element, limit: number): Element[] {
  const found: Element[] = [];
  for (let node = element.parent; node !== null && isTag(node) && found.length < limit; node = node.parent) found.push(node);
  return found;
}

const range = ({ firstPicture, endPicture }: Extent): number[] =>
  Array.from({ length: endPicture - firstPicture }, (_, index) => firstPicture + index);

/** The block right below a picture that stands alone, if it looks like a caption. */
function lineBelow({ blocks, pictures }: DocumentFlow, index: number): Block | null {
  const picture = pictures[index]!;
  if (picture.isFurniture || blocks[picture.block]!.text !== '') return null;
  let below = picture.block + 1;
  while (below < blocks.length && blocks[below]!.text === '') below += 1;
  const line = blocks[below];
  const following = pictures[index + 1];
  if (line === undefined || (following !== undefined && following.block <= below)) return null;
  if (line.isHeading || line.isCaption || line.region !== picture.region || line.text.length > MAX_LINE_CHARACTERS) return null;
  return isCentred(line.element) || CAPTION_START.test(line.text) || CAPTION_END.test(line.text) ? line : null;
}

function isCentred(element: Element | null): boolean {
  if (element === null) return false;
  return [element, ...ancestors(element, 1)].some(({ name, attribs }) => {
    const isMarked = /text-align\s*:\s*center/i.test(attribs['style'] ?? '') || attribs['align'] === 'center';
    return name === 'center' || isMarked || /(?:^|[\s_-])center(?:ed)?(?:$|\s)/i.test(attribs['class'] ?? '');
  });
}
