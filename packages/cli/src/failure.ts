/** What the shell is told of a command that did not finish. */
export interface Failure {
  /** One sentence without a stack. */
  sentence: string;
  /** 1 the run failed, 2 wrong usage, config or input, 130 interrupted. */
  exitStatus: 1 | 2 | 130;
}

/** Node's names for an error of the file system, with the mend that a person would look for. */
const SYSTEM_MENDS: Record<string, string> = {
  ENOSPC: 'the disk is full; free some space and run the same command again to go on',
  EACCES: 'permission is denied; change the permissions of the folder or choose another with --out',
  EPERM: 'the operation is not permitted; choose another folder with --out',
  EROFS: 'the file system is read-only; choose another folder with --out',
  EMFILE: 'too many files are open; raise the limit with `ulimit -n 4096`',
};

/**
 * Turns whatever was thrown into a sentence and an exit status.
 * Errors of every package that a person can mend carry `exitStatus = 2`.
 */
export function describeFailure(thrown: unknown, interrupted: boolean): Failure {
  if (interrupted) return { sentence: 'Interrupted; run the same command again to go on from here.', exitStatus: 130 };
  if (!(thrown instanceof Error)) return { sentence: String(thrown), exitStatus: 1 };
  const { code, path } = thrown as NodeJS.ErrnoException;
  const mend = code === undefined ? undefined : SYSTEM_MENDS[code];
  if (mend !== undefined && 'syscall' in thrown) {
    return { sentence: `${path ?? 'A file'} can't be written or read: ${mend}.`, exitStatus: 1 };
  }
  const exitStatus = (thrown as { exitStatus?: unknown }).exitStatus === 2 ? 2 : 1;
  return { sentence: thrown.message.replaceAll(/\s*\n\s*/g, ' '), exitStatus };
}
