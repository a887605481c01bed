import type { Element } from 'domhandler';
import { cleanText, endOfText } from './clean-text.ts';
import type { Block, DocumentFlow, Extent, FlowPicture } from './document-flow.ts';

/** Of each of the two sides, in UTF-16 code units. */
const MAX_SIDE_CHARACTERS = 200;
/** A block with less than this says nothing. */
const MIN_BLOCK_CHARACTERS = 2;
/** How many blocks are looked at on each side. */
const MAX_BLOCKS = 40;
const TABLE_PARTS = new Set(['table', 'tbody', 'thead', 'tfoot', 'tr']);

/**
 * The text right before and right after a picture, at most two. A card that holds a picture and text is looked at alone;
 * captions of other pictures and text beside the picture's section aren't looked at.
 * @param content beyond which nothing is looked at
 */
export function surroundingTexts(flow: DocumentFlow, picture: FlowPicture, content?: Extent): string[] {
  const own = flow.blocks[picture.block]!;
  const ownBefore = cleanText(own.pieces.slice(0, picture.piece).join(''));
  const ownAfter = cleanText(own.pieces.slice(picture.piece).join(''));
  const isEligible = (block: Block): boolean =>
    !block.isCaption &&
    (!block.isFurniture || picture.isFurniture) &&
    isRelated(block.region, picture.region) &&
    block.text.length >= MIN_BLOCK_CHARACTERS;
  const card = cardOf(flow, picture, isEligible);
  const bounds = card ?? content ?? { firstBlock: 0, endBlock: flow.blocks.length };

  const nearest = (step: 1 | -1): string => {
    let heading = '';
    for (let distance = 1; distance <= MAX_BLOCKS; distance += 1) {
      const index = picture.block + step * distance;
      const block = flow.blocks[index];
      if (block === undefined || index < bounds.firstBlock || index >= bounds.endBlock) break;
      if (!isEligible(block)) continue;
      // The heading of the next section says nothing of this one's picture.
      if (block.isHeading && step === 1) break;
      if (!block.isHeading) return block.text;
      heading ||= block.text;
    }
    return heading;
  };
  const before = own.isCaption || ownBefore === '' ? nearest(-1) : ownBefore;
  const after = own.isCaption || ownAfter === '' ? nearest(1) : ownAfter;
  return [endOfText(before, MAX_SIDE_CHARACTERS), cleanText(after, MAX_SIDE_CHARACTERS)].filter(
    (text) => text.length >= MIN_BLOCK_CHARACTERS,
  );
}

/** The largest element that has this picture only, if there is text in it that isn't in the picture's own block. */
function cardOf(flow: DocumentFlow, picture: FlowPicture, isEligible: (block: Block) => boolean): Extent | null {
  let card: Extent | null = null;
  for (let node = picture.element.parent; node !== null; node = node.parent) {
    const extent = flow.extents.get(node);
    if (extent === undefined) break;
    if (extent.endPicture - extent.firstPicture > 1 || TABLE_PARTS.has((node as Element).name)) break;
    card = extent;
  }
  if (card === null) return null;
  return flow.blocks.slice(card.firstBlock, card.endBlock).some(isEligible) ? card : null;
}

/** Whether one of two regions lies in the other. */
function isRelated(left: Element | null, right: Element | null): boolean {
  return left === right || contains(left, right) || contains(right, left);
}

function contains(outer: Element | null, inner: Element | null): boolean {
  if (outer === null) return true;
  for (let node = inner?.parent ?? null; node !== null; node = node.parent) if (node === outer) return true;
  return false;
}
