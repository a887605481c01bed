import { setTimeout as sleep } from 'node:timers/promises';
import type { Group } from '@wenlan/engine';

/** The ranks look for each other so often while one of them works: what waits for long is taken for a deadlock. */
const ROUND_MILLIS = 60_000;

/** What a rank tells the others of its share of some work: what it came to, or why it came to nothing. */
interface Outcome<T> {
  value?: T;
  failure?: { sentence: string; exitStatus: number };
}

/** Thrown on the ranks that the failure of another one stops. */
export class RankStopped extends Error {
  override readonly name = 'RankStopped';
  /** That of the rank that failed: 2 where a person can mend it. */
  readonly exitStatus: number;

  constructor(rank: number, { sentence, exitStatus }: { sentence: string; exitStatus: number }) {
    super(`Rank ${rank} has stopped: ${sentence}`);
    this.exitStatus = exitStatus;
  }
}

/**
 * Does work on every rank, however long one takes, and tells each of them what came of it on all; a failure on one stops them all.
 * @param work what it comes to must survive JSON
 * @returns by rank
 * @throws what `work` throws; RankStopped where it threw on another rank
 */
export async function onEveryRank<T>(
  group: Group,
  work: () => Promise<T>,
  { roundMillis = ROUND_MILLIS }: { roundMillis?: number } = {},
): Promise<T[]> {
  if (group.size === 1) return [await work()];
  let thrown: unknown;
  const working = work().then(
    (value): Outcome<T> => ({ value }),
    (error: Error & { exitStatus?: number }): Outcome<T> => {
      thrown = error;
      return { failure: { sentence: error.message, exitStatus: error.exitStatus ?? 1 } };
    },
  );
  let outcomes: (Outcome<T> | null)[];
  do {
    const pause = new AbortController();
    const own = await Promise.race([working, sleep(roundMillis, null, pause).catch(() => null)]);
    pause.abort();
    const told = await group.gatherBytes(Buffer.from(JSON.stringify(own))).catch((error: unknown) => {
      throw thrown ?? error; // what broke the group may have been thrown by the work
    });
    outcomes = told.map((bytes) => JSON.parse(Buffer.from(bytes).toString()) as Outcome<T> | null);
  } while (outcomes.includes(null));
  if (thrown !== undefined) throw thrown;
  return outcomes.map((outcome, rank) => {
    const { value, failure } = outcome!;
    if (failure !== undefined) throw new RankStopped(rank, failure);
    return value as T;
  });
}

/** Does work on rank 0 and tells the others what it came to. @throws as {@link onEveryRank} */
export async function onFirstRank<T>(group: Group, work: () => Promise<T>): Promise<T> {
  const [first] = await onEveryRank(group, async () => (group.rank === 0 ? await work() : undefined));
  return first as T;
}
