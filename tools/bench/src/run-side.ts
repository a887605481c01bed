import { spawn } from 'node:child_process';
import type { Side } from './benchmark.ts';
import { type Measurement, parseMeasurement } from './measurement.ts';
import { processMemory } from './process-memory.ts';

const MEMORY_EVERY_MILLIS = 200;

export interface RunOfSide extends Measurement {
  /** The largest memory seen of the process and its descendants, looked at five times a second. */
  readonly peakBytes: number;
}

/** Runs a side once, on the given cores, and reads what it measured. */
export async function runSide(side: Side, cores: string): Promise<RunOfSide> {
  const child = spawn('taskset', ['-c', cores, ...side.command], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...side.env },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-4000)));
  let peakBytes = 0;
  const timer = setInterval(() => (peakBytes = Math.max(peakBytes, processMemory(child.pid!))), MEMORY_EVERY_MILLIS);
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  }).finally(() => clearInterval(timer));
  if (status !== 0) throw new Error(`${side.name} ended with status ${status}.\n${stderr}`);
  return { ...parseMeasurement(side.name, stdout), peakBytes };
}
