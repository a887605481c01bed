/** Something the person at the keyboard can mend: one sentence, exit status 2. */
export class UsageError extends Error {
  readonly code: string;
  readonly exitStatus = 2;

  constructor(code: string, sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.name = 'UsageError';
    this.code = code;
  }
}
