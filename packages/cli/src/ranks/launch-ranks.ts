import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { extname, join } from 'node:path';
import type { CommandContext } from '../command-context.ts';
import { LAUNCHED, type RankFailure } from './launched-rank.ts';

/** Ranks notice by themselves that one is lost; what hasn't ended by then is ended. */
const GRACE_MILLIS = 45_000;
const MOST_STDERR = 2_000;
/** Failures that are the consequence of another rank's. */
const CONSEQUENCES = new Set(['GroupError', 'RankStopped']);

/** How a rank ended. */
interface Ending {
  rank: number;
  status: number | null;
  signal: NodeJS.Signals | null;
  failure: RankFailure | undefined;
  /** Of ranks but 0: the end of what it wrote to standard error. */
  stderr: string;
}

/** Ends the command with what ended its ranks. */
class RankError extends Error {
  readonly exitStatus: number;

  constructor(sentence: string, exitStatus: number) {
    super(sentence);
    this.exitStatus = exitStatus;
  }
}

/**
 * Runs this command again in as many processes on this machine, which find each other on loopback. The output of rank 0 is that of the
 * command. Ctrl-C reaches all of them; when one fails, all end.
 * @returns the exit status
 * @throws RankError with the sentence and status of the rank that failed first
 */
export async function launchRanks(size: number, { args, signal, reporter }: CommandContext): Promise<number> {
  const main = join(import.meta.dirname, `../main${extname(import.meta.filename)}`);
  const meeting = { MASTER_ADDR: '127.0.0.1', MASTER_PORT: String(await freePort()), WORLD_SIZE: String(size) };
  const children = Array.from({ length: size }, (_, rank) =>
    fork(main, [...args], {
      env: { ...process.env, ...meeting, RANK: `${rank}`, LOCAL_RANK: `${rank}`, LOCAL_WORLD_SIZE: `${size}`, [LAUNCHED]: '1' },
      stdio: ['ignore', ...(rank === 0 ? (['inherit', 'inherit'] as const) : (['ignore', 'pipe'] as const)), 'ipc'],
      detached: true, // Ctrl-C comes through this process, once
    }),
  );
  const killAll = (): void => {
    for (const child of children) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  };
  const stopAll = (): void => {
    for (const child of children) if (child.connected) child.send('stop');
  };
  process.on('exit', killAll);
  signal.addEventListener('abort', stopAll);
  const endings: Ending[] = [];
  let grace: NodeJS.Timeout | undefined;
  const waitFor = async (child: ChildProcess, rank: number): Promise<void> => {
    const ending = await endingOf(child, rank);
    endings.push(ending);
    if (ending.status !== 0 && !signal.aborted) grace ??= setTimeout(killAll, GRACE_MILLIS);
  };
  try {
    await Promise.all(children.map(waitFor));
  } finally {
    clearTimeout(grace);
    process.off('exit', killAll);
    signal.removeEventListener('abort', stopAll);
  }
  const cause = causeOf(endings.filter(({ status }) => status !== 0));
  if (cause === undefined) return 0;
  const exitStatus = cause.failure?.exitStatus ?? 1;
  // Where one rank alone was interrupted, the command line doesn't know of it.
  if (exitStatus !== 130 || signal.aborted) throw new RankError(sentenceOf(cause), exitStatus);
  reporter.note(sentenceOf(cause));
  return exitStatus;
}

/** The rank whose failure is nobody else's consequence; rank 0 where it says the same. @param failed in the order in which they ended */
function causeOf(failed: readonly Ending[]): Ending | undefined {
  const first = failed.find(({ failure }) => failure === undefined || !CONSEQUENCES.has(failure.name)) ?? failed[0];
  return (
    failed.find(({ rank, failure }) => rank === 0 && failure !== undefined && failure.sentence === first?.failure?.sentence) ??
    first
  );
}

async function endingOf(child: ChildProcess, rank: number): Promise<Ending> {
  let failure: RankFailure | undefined;
  let stderr = '';
  child.on('message', (message) => (failure = message as RankFailure));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-MOST_STDERR)));
  const [status, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { rank, status, signal, failure, stderr };
}

function sentenceOf({ rank, status, signal, failure, stderr }: Ending): string {
  if (failure !== undefined) return rank === 0 ? failure.sentence : `Rank ${rank}: ${failure.sentence}`;
  const mend = 'run the same command again to go on from the newest checkpoint';
  if (signal === 'SIGKILL') return `Rank ${rank} was killed, as happens when memory runs out; ${mend}.`;
  const last = stderr.trim().split('\n').at(-1)!;
  const said = last === '' ? '' : ` (${last})`;
  return `Rank ${rank} ended by ${signal ?? `status ${status}`}${said}; ${mend}.`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
