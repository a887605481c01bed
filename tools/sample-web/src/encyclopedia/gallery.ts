import { escape } from '../html.ts';
import { pictureUrl } from '../pictures/picture-address.ts';
import type { Dice } from '../random.ts';
import type { Shown } from '../plan.ts';
import { GALLERY_PHRASES } from '../words/encyclopedia-words.ts';
import { wikiPath } from './layout.ts';

/** How a page loads its pictures. */
export type Loading = 'plain' | 'lazy' | 'noscript' | 'srcset' | 'picture';

const BLANK = '//img.wenlan.test/static/blank.gif';
/** Of galleries with dirt: captions with a phrase of the page behind the name. */
const PHRASE_SHARE = 0.15;
const FILE_NAME_SHARE = 0.08;

export interface ImageAttributes {
  url: string;
  alt: string;
  loading: Loading;
  size?: readonly [width: number, height: number];
}

/** An `img` as sites write it that load pictures early, late, in several sizes or by script only. */
export function imageTag({ url, alt, loading, size }: ImageAttributes): string {
  // Addresses without a scheme are what MediaWiki writes.
  const address = escape(url.replace(/^http:/, ''));
  const rest = `alt="${escape(alt)}"${size === undefined ? '' : ` width="${size[0]}" height="${size[1]}"`}`;
  switch (loading) {
    case 'plain':
      return `<img src="${address}" ${rest} decoding="async">`;
    case 'lazy':
      return `<img class="lazyload" src="${BLANK}" data-src="${address}" ${rest}>`;
    case 'noscript':
      return `<img class="lazy" src="${BLANK}" data-original="${address}" ${rest}><noscript><img src="${address}" ${rest}></noscript>`;
    case 'srcset':
      return `<img src="${address}" srcset="${address} 1x, ${address} 2x" ${rest}>`;
    case 'picture':
      return `<picture><source srcset="${address} 480w, ${address} 960w"><img src="${address}" ${rest}></picture>`;
  }
}

export interface GalleryItem {
  shown: Shown;
  /** Title of the entry that the picture links to. */
  title: string;
}

/** A gallery as MediaWiki lays it out: each picture with the name of what it shows. */
export function gallery(items: readonly GalleryItem[], loading: Loading, dirt?: Dice): string {
  const boxes = items.map(({ shown, title }) => {
    const { label } = shown.concept;
    const phrase = dirt?.chance(PHRASE_SHARE) === true ? ` ${dirt.pick(GALLERY_PHRASES)}` : '';
    const alt = dirt?.chance(FILE_NAME_SHARE) === true ? `IMG_${dirt.integer(1_000, 9_999)}.jpg` : '';
    const image = imageTag({ url: pictureUrl(shown.drawing, shown.form), alt, loading, size: [72, 72] });
    return `<li class="gallerybox"><div class="thumb"><a class="image" href="${wikiPath(title)}">${image}</a></div><div class="gallerytext"><p>${escape(label)}${phrase}</p></div></li>`;
  });
  return `<ul class="gallery mw-gallery-traditional">\n${boxes.join('\n')}\n</ul>`;
}
