import { expect } from 'vitest';
import { runCommandLine } from '../../src/command-line.ts';

/** Runs a command in this process. @returns its exit status and what it wrote */
export async function runWenlan(...args: string[]): Promise<{ status: number; out: string; err: string }> {
  const written = { out: '', err: '' };
  const streams = {
    stdout: { write: (text: string) => void (written.out += text) },
    stderr: { write: (text: string) => void (written.err += text) },
  };
  return { status: await runCommandLine(args, streams), ...written };
}

/** Runs a command that succeeds. @returns the object that it printed */
export async function wenlanJson(...args: string[]): Promise<Record<string, unknown>> {
  const { status, out, err } = await runWenlan('--json', ...args);
  expect({ args, status, err: status === 0 ? '' : err }).toEqual({ args, status: 0, err: '' });
  return JSON.parse(out) as Record<string, unknown>;
}
