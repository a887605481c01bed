/**
 * Something the person at the keyboard can mend. The message is one sentence naming the file, row, URL or key,
 * what is wrong and the mend; a command that meets one exits with status 2.
 */
export class UserError extends Error {
  /** Stable, upper case: what a program tests instead of the sentence. */
  readonly code: string;
  readonly exitStatus = 2;

  constructor(code: string, sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.name = 'UserError';
    this.code = code;
  }
}
