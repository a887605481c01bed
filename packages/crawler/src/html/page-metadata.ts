import type { CheerioAPI } from 'cheerio/slim';
import { cleanText } from './clean-text.ts';
import { resolveUrl } from './image-url.ts';

/** A picture that a page names outside its text. */
export interface NamedPicture {
  url: URL;
  /** Its caption or description, where one is given. */
  captions: string[];
  alt: string | null;
}

/** What a page says of itself in its head and its structured data. */
export interface PageMetadata {
  /** Of the article, where structured data or Open Graph give it; else null. */
  headline: string | null;
  /** The `title` element. */
  documentTitle: string | null;
  description: string | null;
  tags: string[];
  /** Of Open Graph and JSON-LD. */
  pictures: NamedPicture[];
  isArticle: boolean;
  license: string | null;
  /** Name and content of all meta elements, the names in lower case. */
  metas: [name: string, content: string][];
}

type Json = Record<string, unknown>;

const MAX_TAGS = 20;
const ARTICLE_TYPE = /^(?:\w*Article|BlogPosting|Report|LiveBlogPosting)$/;

/** Reads meta elements, Open Graph and JSON-LD (schema.org). */
export function readMetadata($: CheerioAPI, baseUrl: string): PageMetadata {
  const metas = $('meta[content]')
    .toArray()
    .map(({ attribs }): [string, string] => [
      (attribs['name'] ?? attribs['property'] ?? attribs['itemprop'] ?? '').toLowerCase(),
      attribs['content']!,
    ]);
  const meta = (name: string): string | null => nonEmpty(metas.find(([key]) => key === name)?.[1]);
  const objects = linkedData($);
  const article = objects.find((object) => typesOf(object).some((type) => ARTICLE_TYPE.test(type)));
  const articleTags = metas.filter(([key]) => key === 'article:tag').map(([, content]) => content);
  const keywords = [meta('keywords') ?? '', ...strings(article?.['keywords'])].flatMap((list) => list.split(/[,，、;；|]/));
  return {
    headline: nonEmpty(strings(article?.['headline'])[0]) ?? meta('og:title'),
    documentTitle: nonEmpty($('title').first().text()),
    description: nonEmpty(strings(article?.['description'])[0]) ?? meta('og:description') ?? meta('description'),
    tags: [...new Set([...articleTags, ...keywords].map((tag) => cleanText(tag)))].filter((tag) => tag !== '').slice(0, MAX_TAGS),
    pictures: [...openGraphPictures(metas, baseUrl), ...picturesOf(article?.['image'], baseUrl)],
    isArticle: article !== undefined || meta('og:type') === 'article',
    license: $('link[rel~=license], a[rel~=license]').attr('href') ?? nonEmpty(strings(article?.['license'])[0]),
    metas,
  };
}

function linkedData($: CheerioAPI): Json[] {
  return $('script[type="application/ld+json"]')
    .toArray()
    .flatMap((script) => {
      try {
        return objectsOf(JSON.parse($(script).text()));
      } catch {
        // A page whose structured data is broken still has its text.
        return [];
      }
    });
}

function objectsOf(value: unknown): Json[] {
  if (Array.isArray(value)) return value.flatMap(objectsOf);
  if (typeof value !== 'object' || value === null) return [];
  return [value as Json, ...objectsOf((value as Json)['@graph'])];
}

const typesOf = (object: Json): string[] => strings(object['@type']);

function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

function picturesOf(value: unknown, baseUrl: string): NamedPicture[] {
  const items: unknown[] = Array.isArray(value) ? value : [value];
  return items.flatMap((item) => {
    const object = typeof item === 'object' && item !== null ? (item as Json) : { url: item };
    const address = strings(object['url'])[0] ?? strings(object['contentUrl'])[0];
    const url = address === undefined ? null : resolveUrl(address, baseUrl);
    if (url === null) return [];
    const captions = ['caption', 'description', 'name'].flatMap((key) => nonEmpty(strings(object[key])[0]) ?? []);
    return [{ url, captions: captions.slice(0, 1), alt: null }];
  });
}

/** An og:image and the og:image:alt that follows it belong together (ogp.me, structured properties). */
function openGraphPictures(metas: readonly (readonly [string, string])[], baseUrl: string): NamedPicture[] {
  const pictures: NamedPicture[] = [];
  for (const [name, content] of metas) {
    if (name === 'og:image' || name === 'og:image:url') {
      const url = resolveUrl(content, baseUrl);
      if (url !== null && pictures.at(-1)?.url.href !== url.href) pictures.push({ url, captions: [], alt: null });
    } else if (name === 'og:image:alt' && pictures.length > 0) {
      pictures.at(-1)!.alt = nonEmpty(content);
    }
  }
  return pictures;
}

function nonEmpty(text: string | undefined): string | null {
  const clean = cleanText(text ?? '');
  return clean === '' ? null : clean;
}
