/** An engine that is missing, incomplete or of another version: something the user can mend. */
export class EngineError extends Error {
  readonly code: string;
  readonly exitStatus = 2;

  constructor(code: string, sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.name = 'EngineError';
    this.code = code;
  }
}
