import type { PairText, TextKind } from '@wenlan/shards';
import type { Element } from 'domhandler';
import type { Candidate } from '../sources/source-adapter.ts';
import { cleanText } from './clean-text.ts';
import type { FlowPicture } from './document-flow.ts';
import type { HtmlPage } from './html-page.ts';
import { imageUrl } from './image-url.ts';
import { surroundingTexts } from './surrounding-text.ts';

/** Texts of a page that may describe its pictures. */
export interface PageTexts {
  /** The element that the page is about; all of it if null. Pictures elsewhere get only what is said of them in particular. */
  content: Element | null;
  titles: readonly (string | null)[];
  tags: readonly string[];
  /** Adds to what surrounds a picture of the content, or replaces it. */
  surrounding?: (picture: FlowPicture, found: string[]) => string[];
}

/** All pictures of a page in document order, then those that only its metadata names, each with its texts. */
export function pictureCandidates(page: HtmlPage, { content, titles, tags, surrounding }: PageTexts): Candidate[] {
  const { flow, captions } = page.flow;
  const { license, description } = page.metadata;
  const extent = content === null ? undefined : flow.extents.get(content);
  const aboutPage = [...ofKind('title', titles), ...ofKind('tag', tags)];
  const candidates: Candidate[] = [];
  for (const [index, picture] of flow.pictures.entries()) {
    const url = imageUrl(picture.element, page.baseUrl);
    if (url === null) continue;
    const { attribs } = picture.element;
    const own = [
      ...ofKind('alt', [attribs['alt']]),
      ...ofKind('caption', captions[index]!),
      ...ofKind('title', [attribs['title']]),
    ];
    const isInside = extent === undefined || (index >= extent.firstPicture && index < extent.endPicture);
    if (!isInside || picture.isFurniture) {
      candidates.push({ imageUrl: url.href, texts: distinct(own), license });
      continue;
    }
    const found = surroundingTexts(flow, picture, extent);
    const around = ofKind('surrounding', surrounding?.(picture, found) ?? found);
    const texts = distinct([...own, ...aboutPage.filter(({ kind }) => kind === 'title'), ...around, ...aboutPage]);
    candidates.push({ imageUrl: url.href, texts, license });
  }
  for (const named of page.metadata.pictures) {
    const own = [...ofKind('alt', [named.alt]), ...ofKind('caption', named.captions)];
    const texts = distinct([...own, ...ofKind('title', titles), ...ofKind('surrounding', [description]), ...aboutPage]);
    candidates.push({ imageUrl: named.url.href, texts, license });
  }
  return candidates;
}

export function ofKind(kind: TextKind, texts: readonly (string | null | undefined)[]): PairText[] {
  return texts.flatMap((text) => {
    const clean = cleanText(text ?? '');
    return clean === '' ? [] : [{ kind, text: clean }];
  });
}

/** Says nothing twice; what is both a caption and a title is the former. */
function distinct(texts: readonly PairText[]): PairText[] {
  const seen = new Set<string>();
  return texts.filter(({ text }) => !seen.has(text) && seen.add(text));
}
