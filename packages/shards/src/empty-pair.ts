import type { Pair } from './pair.ts';

/** A row in which everything that isn't given is unknown. */
export function emptyPair({
  pageUrl = null,
  imageUrl = null,
  author = null,
  texts = [],
  image = null,
  mime = null,
  width = null,
  height = null,
  sha256 = null,
  phash = null,
  boxes = null,
  fetchedAt = null,
  consent = null,
  scores = {},
  band = null,
  cluster = null,
  id,
  source,
  outcome,
}: Pick<Pair, 'id' | 'source' | 'outcome'> & Partial<Pair>): Pair {
  // Written out: spreading a row of this many fields over another takes as long as all the rest of making it.
  return {
    pageUrl,
    imageUrl,
    author,
    texts,
    image,
    mime,
    width,
    height,
    sha256,
    phash,
    boxes,
    fetchedAt,
    consent,
    scores,
    band,
    cluster,
    id,
    source,
    outcome,
  };
}
