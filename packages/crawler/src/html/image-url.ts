import type { Element } from 'domhandler';
import { bestCandidate, parseSrcset } from './srcset.ts';

/** Where pages keep the address of a picture that a script loads later, the usual ones first. */
const LAZY_ATTRIBUTES = [
  'data-original',
  'data-src',
  'data-lazy-src',
  'data-lazyload',
  'data-lazy',
  'data-actualsrc',
  'data-original-src',
  'data-real-src',
  'data-ks-lazyload',
  'data-echo',
  'data-img',
  'real_src',
  'lazy-src',
  'original',
] as const;

const LAZY_SRCSETS = ['data-srcset', 'data-lazy-srcset', 'srcset'] as const;

/**
 * The address of the best picture that an `img` stands for: the largest of its `srcset` and of the sources of its `picture`,
 * else the one that is loaded lazily, else its `src`. Null where there is none but an inline placeholder.
 */
export function imageUrl(image: Element, baseUrl: string): URL | null {
  const sizes = [image, ...pictureSources(image)].flatMap((element) => {
    const srcset = LAZY_SRCSETS.map((name) => element.attribs[name]).find((value) => value !== undefined && value.trim() !== '');
    return srcset === undefined ? [] : parseSrcset(srcset);
  });
  const lazy = LAZY_ATTRIBUTES.map((name) => image.attribs[name]);
  const inTurn = [...lazy, image.attribs['src']];
  const best = bestCandidate(sizes.filter(({ url }) => resolveUrl(url, baseUrl) !== null));
  // A srcset without descriptors names one picture, which is no better than the others.
  const preferred = best !== undefined && best.width > 1 ? [best.url, ...inTurn] : [...inTurn, best?.url];
  for (const address of preferred) {
    const url = address === undefined ? null : resolveUrl(address, baseUrl);
    if (url !== null) return url;
  }
  return null;
}

/** An absolute http(s) URL without its fragment; null for what is none. */
export function resolveUrl(address: string, baseUrl: string): URL | null {
  const trimmed = address.trim();
  if (trimmed === '' || trimmed === 'true' || trimmed.startsWith('#') || !URL.canParse(trimmed, baseUrl)) return null;
  const url = new URL(trimmed, baseUrl);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  url.hash = '';
  // Nobody's password belongs into a data set.
  url.username = '';
  url.password = '';
  return url;
}

function pictureSources(image: Element): Element[] {
  const parent = image.parent as Element | null;
  if (parent?.name !== 'picture') return [];
  return parent.children.filter((child): child is Element => (child as Element).name === 'source');
}
