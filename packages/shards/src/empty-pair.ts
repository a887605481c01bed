import type { Pair } from './pair.ts';

/** A row in which everything that isn't given is unknown. */
export function emptyPair(fields: Pick<Pair, 'id' | 'source' | 'outcome'> & Partial<Pair>): Pair {
  return {
    pageUrl: null,
    imageUrl: null,
    author: null,
    texts: [],
    image: null,
    mime: null,
    width: null,
    height: null,
    sha256: null,
    phash: null,
    boxes: null,
    fetchedAt: null,
    consent: null,
    scores: {},
    band: null,
    cluster: null,
    ...fields,
  };
}
