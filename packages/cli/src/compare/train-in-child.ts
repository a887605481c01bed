import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import type { CommandContext } from '../command-context.ts';

export interface ChildOrder {
  data: string;
  out: string;
  seed: number;
  train: Record<string, unknown>;
}

/**
 * Trains a run in a process of its own, so that its memory is its own: `wenlan train` with a config file beside the run.
 * @throws Error with what the child said, if it failed
 */
export async function trainInChild({ data, out, seed, train }: ChildOrder, context: CommandContext): Promise<void> {
  const config = `${out}.wenlan.yaml`;
  await mkdir(dirname(config), { recursive: true });
  await writeFile(config, JSON.stringify({ seed, train }, null, 2)); // JSON is YAML
  // as far from src/compare as from dist/compare
  const extension = extname(import.meta.filename);
  const main = join(import.meta.dirname, `../main${extension}`);
  const fromSource = extension === '.ts' ? ['--conditions=@wenlan/source', '--import', 'tsx'] : [];
  const args = [...fromSource, main, '--log', 'json', 'train', '--data', data, '--out', out, '--config', config];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const said: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.push(text);
    if (said.length > 50) said.shift();
  });
  // a Ctrl-C in a terminal reaches the child by itself
  const stop = (): void => void child.kill('SIGINT');
  context.signal.addEventListener('abort', stop, { once: true });
  const [status] = (await once(child, 'close')) as [number | null];
  context.signal.removeEventListener('abort', stop);
  context.signal.throwIfAborted();
  if (status !== 0) {
    const last = said.join('').trim().split('\n').at(-1) ?? '';
    throw new Error(`Training of ${out} failed (status ${status}): ${last}`);
  }
}
