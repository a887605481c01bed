import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execFileAsync = promisify(execFile);

/** Runs a command without a shell and returns its standard output. */
export async function runCommand(command: string, args: string[], options: { cwd?: string } = {}): Promise<string> {
  const { stdout } = await execFileAsync(command, args, { ...options, maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}

/** Whether a command can be started and ends with status 0. */
export async function commandWorks(command: string, args: string[]): Promise<boolean> {
  return runCommand(command, args).then(
    () => true,
    () => false,
  );
}

/** Everything that a failed command wrote to standard error; where it wrote nothing, what became of it. */
export function complaints(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message?: string };
  return (stderr || message || String(error)).trim();
}

/** For the middle of a sentence: the first error that a failed command names, else its last two lines. */
export function complaint(error: unknown): string {
  const lines = complaints(error).split('\n');
  const telling = lines.find((line) => /error:|npm error 4\d\d/i.test(line));
  return (telling ?? lines.slice(-2).join(' ')).trim().slice(0, 400);
}
