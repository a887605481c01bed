import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const NODE_FROM_SOURCE: readonly string[] = ['--conditions=@wenlan/source', '--import', 'tsx'];

export const childPath = (name: string): string => fileURLToPath(new URL(`./${name}`, import.meta.url));

/** Starts a script of this folder; its stdout can be read, its stderr is the test's own. */
export function startChild(name: string, args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [...NODE_FROM_SOURCE, childPath(name), ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
}
