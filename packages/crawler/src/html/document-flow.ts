import { isTag, isText } from 'domhandler';
import type { AnyNode, Element, ParentNode } from 'domhandler';
import { cleanText } from './clean-text.ts';
import { isFurniture } from './page-furniture.ts';

/** A run of text that is laid out as one: a paragraph, a heading, a table cell. */
export interface Block {
  element: Element | null;
  /** As in the source, in pieces between which pictures may lie. */
  pieces: string[];
  /** As a reader sees it. */
  text: string;
  isHeading: boolean;
  isFurniture: boolean;
  /** Set by the caption rules. */
  isCaption: boolean;
  region: Element | null;
}

/** A picture in the flow of a page. */
export interface FlowPicture {
  element: Element;
  /** The block that it lies in or, where it stands alone, an empty one of its own. */
  block: number;
  /** How many pieces of the block come before it. */
  piece: number;
  isFurniture: boolean;
  region: Element | null;
}

/** What an element holds. */
export interface Extent {
  firstBlock: number;
  /** One past the last. */
  endBlock: number;
  firstPicture: number;
  endPicture: number;
}

/** A page in the order in which it is read. */
export interface DocumentFlow {
  blocks: Block[];
  pictures: FlowPicture[];
  extents: Map<ParentNode, Extent>;
}

/** Browsers nest no deeper either. */
const MAX_DEPTH = 512;

const BLOCK_ELEMENTS = new Set(
  'address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html li main menu nav ol p pre search section summary table tbody td tfoot th thead tr ul'.split(
    ' ',
  ),
);
const SKIPPED_ELEMENTS = new Set(
  'head title script style template svg math iframe object embed canvas audio video select textarea button datalist'.split(' '),
);
/** Texts in one of these don't belong to a picture in another that lies beside it. */
const REGION_ELEMENTS = new Set('main article section aside nav header footer tr li dd'.split(' '));

/** Reads a tree once, in document order. */
export function readFlow(root: ParentNode): DocumentFlow {
  const blocks: Block[] = [];
  const pictures: FlowPicture[] = [];
  const extents = new Map<ParentNode, Extent>();
  let open: number | null = null;

  interface Context {
    depth: number;
    blockElement: Element | null;
    region: Element | null;
    isFurniture: boolean;
    isInContent: boolean;
    /** Text that isn't shown; its pictures still count. */
    isMute: boolean;
  }

  const openBlock = (context: Context): number => {
    if (open !== null) return open;
    const { blockElement, region, isFurniture } = context;
    const isHeading = /^h[1-6]$/.test(blockElement?.name ?? '');
    open = blocks.push({ element: blockElement, pieces: [], text: '', isHeading, isFurniture, isCaption: false, region }) - 1;
    return open;
  };

  const visit = (node: AnyNode, context: Context): void => {
    if (isText(node)) {
      if (!context.isMute && (open !== null || /\S/.test(node.data))) blocks[openBlock(context)]!.pieces.push(node.data);
      return;
    }
    if (!isTag(node) || SKIPPED_ELEMENTS.has(node.name) || context.depth > MAX_DEPTH) return;
    if (node.name === 'img' || node.name === 'amp-img') {
      const block = openBlock(context);
      const { region, isFurniture } = context;
      pictures.push({ element: node, block, piece: blocks[block]!.pieces.length, isFurniture, region });
      return;
    }
    if (node.name === 'br') {
      if (open !== null) blocks[open]!.pieces.push('\n');
      return;
    }
    visitElement(node, context);
  };

  const visitElement = (node: Element, context: Context): void => {
    const isBlock = BLOCK_ELEMENTS.has(node.name);
    if (isBlock) open = null;
    const isInContent = context.isInContent || node.name === 'main' || node.name === 'article';
    const inner: Context = {
      depth: context.depth + 1,
      blockElement: isBlock ? node : context.blockElement,
      region: REGION_ELEMENTS.has(node.name) ? node : context.region,
      isFurniture: context.isFurniture || isFurniture(node, isInContent),
      isInContent,
      isMute: context.isMute || node.name === 'noscript' || /display\s*:\s*none/i.test(node.attribs['style'] ?? ''),
    };
    visitChildren(node, inner);
    if (isBlock) open = null;
  };

  const visitChildren = (parent: ParentNode, context: Context): void => {
    const firstBlock: number = open ?? blocks.length;
    const firstPicture = pictures.length;
    for (const child of parent.children) visit(child, context);
    extents.set(parent, { firstBlock, endBlock: blocks.length, firstPicture, endPicture: pictures.length });
  };

  visitChildren(root, { depth: 0, blockElement: null, region: null, isFurniture: false, isInContent: false, isMute: false });
  for (const block of blocks) block.text = cleanText(block.pieces.join(''));
  return { blocks, pictures, extents };
}
