/** In which bytes the pages of a section are sent, and where that is said. */
export type Charset = 'utf-8' | 'gb-header' | 'gb-meta' | 'gb-silent';

export interface Section {
  path: string;
  name: string;
  /** Of emojibase: what its pictures show. */
  group: number;
  /** The pictures' addresses: absolute, relative to the page, or to a `base` element. */
  addresses: 'absolute' | 'relative' | 'base';
}

export const SECTIONS: readonly Section[] = [
  { path: 'life', name: '生活', group: 0, addresses: 'absolute' },
  { path: 'society', name: '社会', group: 1, addresses: 'absolute' },
  { path: 'nature', name: '自然', group: 3, addresses: 'relative' },
  { path: 'food', name: '美食', group: 4, addresses: 'absolute' },
  { path: 'travel', name: '旅游', group: 5, addresses: 'base' },
  { path: 'sports', name: '文体', group: 6, addresses: 'absolute' },
  { path: 'tech', name: '数码', group: 7, addresses: 'absolute' },
  { path: 'culture', name: '文化', group: 8, addresses: 'relative' },
  { path: 'world', name: '国际', group: 9, addresses: 'absolute' },
];

/** The old section, which still sends GB18030. */
export const GB_SECTION = 'society';
