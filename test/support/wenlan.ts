import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '../../packages/cli/src/main.ts');

export interface Ended {
  /** The exit status, or the signal that ended it. */
  status: number | NodeJS.Signals;
  out: string;
  err: string;
}

/** A line of `--log json`. */
export interface LogLine {
  event: 'progress' | 'note';
  stage?: string;
  done?: number;
  sentence?: string;
}

/**
 * Runs the `wenlan` command from source in a process of its own.
 * @param onLog sees every line of its log with the process, to kill it when it is where a test wants it
 */
export async function wenlan(args: string[], onLog: (line: LogLine, child: ChildProcess) => void = () => {}): Promise<Ended> {
  const command = [
    '--conditions=@wenlan/source',
    '--import',
    import.meta.resolve('tsx'),
    MAIN,
    '--json',
    '--log',
    'json',
    ...args,
  ];
  const child = spawn(process.execPath, command);
  const written = { out: '', err: '' };
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (written.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    for (const line of lines) {
      if (line.startsWith('{"event"')) onLog(JSON.parse(line) as LogLine, child);
      else written.err += `${line}\n`;
    }
  });
  const [status, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { status: status ?? signal!, out: written.out, err: written.err + rest };
}
