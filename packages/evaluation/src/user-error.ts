/**
 * Something the user can mend: one sentence naming what is wrong and how to mend it.
 * A command line ends with `exitStatus`; programs tell cases apart by `code`.
 */
export class UserError extends Error {
  readonly code: string;
  readonly exitStatus = 2;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UserError';
    this.code = code;
  }
}
