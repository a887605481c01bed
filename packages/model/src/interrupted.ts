/** Thrown when a signal stopped a run between two steps; everything up to there is saved. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}
