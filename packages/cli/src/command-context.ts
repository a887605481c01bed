import type { Reporter } from './reporter.ts';

/** What every command is given beside its own options. */
export interface CommandContext {
  reporter: Reporter;
  signal: AbortSignal;
  /** The whole command line, for a command that runs itself again in other processes. */
  args: readonly string[];
  /** Prints one JSON object, or the lines for a person, whichever was asked for. */
  print(result: object, lines: string[]): void;
}

/** Runs the work of a command and turns what it throws into a sentence and an exit status. */
export type Run = (work: (context: CommandContext) => Promise<number | void>) => Promise<void>;
