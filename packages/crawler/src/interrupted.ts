/** Thrown when a signal stopped a crawl between two shards; everything up to there is committed. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}
