import { UserError } from '../user-error.ts';

/** An error as it crosses threads, where classes and fields of its own would be lost. */
export interface Thrown {
  name: string;
  message: string;
  stack: string | undefined;
  /** Of a {@link UserError} only. */
  userCode: string | undefined;
}

export function describeThrown(error: unknown): Thrown {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), stack: undefined, userCode: undefined };
  const userCode = (error as Partial<UserError>).exitStatus === 2 ? (error as UserError).code : undefined;
  return { name: error.name, message: error.message, stack: error.stack, userCode };
}

export function restoreThrown({ name, message, stack, userCode }: Thrown): Error {
  const error = userCode === undefined ? new Error(message) : new UserError(userCode, message);
  error.name = name;
  if (stack !== undefined) error.stack = stack;
  return error;
}
