import type { CommandContext } from '../command-context.ts';
import { describeFailure } from '../failure.ts';
import type { Reporter } from '../reporter.ts';

/** Set in processes that {@link launchRanks} starts. */
export const LAUNCHED = 'WENLAN_LAUNCHED';

/** What a rank tells the process that started it. */
export interface RankFailure {
  /** Name of the error. */
  name: string;
  sentence: string;
  exitStatus: number;
}

const QUIET: Reporter = { progress: () => {}, note: () => {}, settle: () => {} };

/**
 * Does the work of one rank. Those but rank 0 print nothing, since all would print the same. In a process that `--world-size` started, a
 * message stops it as Ctrl-C would, the end of the process that started it ends it, and a failure goes there.
 * @returns the exit status
 */
export async function asRank(
  rank: number,
  context: CommandContext,
  work: (context: CommandContext) => Promise<void>,
): Promise<number | void> {
  const quiet: CommandContext = rank === 0 ? context : { ...context, reporter: QUIET, print: () => {} };
  if (process.env[LAUNCHED] === undefined || process.send === undefined) return work(quiet);
  const stop = new AbortController();
  process.on('message', () => stop.abort());
  process.on('disconnect', () => process.exit(1));
  process.channel!.unref();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  try {
    return await work({ ...quiet, signal });
  } catch (error) {
    quiet.reporter.settle();
    const failure: RankFailure = {
      ...describeFailure(error, signal.aborted),
      name: error instanceof Error ? error.name : '',
    };
    await new Promise((resolve) => process.send!(failure, resolve));
    return failure.exitStatus;
  }
}
