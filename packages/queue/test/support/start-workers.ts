import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** What a worker process does, and with which environment. */
export interface WorkerProcess {
  queue: string;
  concurrency?: number;
  lockMillis: number;
  graceMillis?: number;
  env?: Record<string, string>;
  /** What stands before the command, such as `ip netns exec NAME`. */
  within?: readonly string[];
}

/** Starts a worker for crawls in a process of its own. */
export function startWorker({
  queue,
  concurrency = 1,
  lockMillis,
  graceMillis,
  env = {},
  within = [],
}: WorkerProcess): ChildProcess {
  const child = join(import.meta.dirname, 'worker-child.ts');
  const options = ['--conditions=@wenlan/source', '--import', import.meta.resolve('tsx')];
  const settings = [queue, concurrency, lockMillis, ...(graceMillis === undefined ? [] : [graceMillis])].map(String);
  const command = [...within, process.execPath, ...options, child, ...settings];
  return spawn(command[0]!, command.slice(1), { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...env } });
}

/** Ends a process with SIGKILL, and waits until it is gone. */
export async function killProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
