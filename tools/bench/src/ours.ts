import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The command that runs `sides/NAME.ts` with the packages as they are built, as their users have them. */
export function ours(name: string, ...args: string[]): string[] {
  const file = fileURLToPath(new URL(`sides/${name}.ts`, import.meta.url));
  return [process.execPath, '--import', 'tsx', file, ...args];
}

/** The command that runs `peers/NAME.py` with the benchmark's interpreter. */
export function peer(python: string, name: string, ...args: string[]): string[] {
  return [python, fileURLToPath(new URL(`../peers/${name}.py`, import.meta.url)), ...args];
}

/** Runs `peers/NAME.py` to its end, to prepare what both sides read. */
export function runPeer(python: string, name: string, ...args: string[]): void {
  const [command, ...rest] = peer(python, name, ...args) as [string, ...string[]];
  execFileSync(command, rest, { stdio: ['ignore', 'ignore', 'inherit'] });
}
