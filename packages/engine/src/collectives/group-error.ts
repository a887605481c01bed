/** Ranks that can't go on together. */
export class GroupError extends Error {
  constructor(sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.name = 'GroupError';
  }
}
