import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { TrainConfig } from '@wenlan/model';
import { spread } from '../result.ts';

/** Starts commands one after another. Arguments: the built main.js, a dataset, the folder of a run, which is trained if it isn't there, a vocabulary. */
const [main, data, run, vocabulary] = process.argv.slice(2) as [string, string, string, string];
const TIMES = 10;

function millis(...args: string[]): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with status ${status}: ${stderr}`);
  return performance.now() - start;
}
const search = [main, 'search', run, '雪地上的小狗', '--data', data];
if (!existsSync(run)) {
  const { train } = await import('@wenlan/model');
  const config: TrainConfig = {
    model: { extends: 'small' },
    vocabulary,
    steps: 1,
    batchSize: 32,
    queueSize: 960,
    textBuckets: [32],
  };
  await train({ data, out: run, config, seed: 1, workers: 0 });
  millis(...search); // stores the vectors
}
const medianOf = (...args: string[]): number => spread(Array.from({ length: TIMES }, () => millis(...args))).median;

const start = performance.now();
const figures = {
  'Node alone, ms': medianOf('-e', ''),
  '--help, ms': medianOf(main, '--help'),
  'search --help, ms': medianOf(main, 'search', '--help'),
  'inspect, ms': medianOf(main, 'inspect', data),
  'search, ms': medianOf(...search),
};
const seconds = (performance.now() - start) / 1000;
process.stdout.write(`${JSON.stringify({ items: TIMES * Object.keys(figures).length, seconds, figures })}\n`);
