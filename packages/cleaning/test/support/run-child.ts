import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';

/** Starts a script of this folder from its TypeScript source; its stdout is piped. */
export function startChild(name: string, args: string[]): ChildProcess {
  const script = join(import.meta.dirname, name);
  return spawn(process.execPath, ['--conditions=@wenlan/source', '--import', 'tsx', script, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}
