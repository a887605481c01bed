import { runCleanWorker } from '../../src/clean-worker.ts';

const [queue, lockMillis] = process.argv.slice(2) as [string, string];
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
const onEvent = (sentence: string): void => void process.stdout.write(`${sentence}\n`);
process.stdout.write(
  `finished ${await runCleanWorker({ queue, lockMillis: Number(lockMillis), signal: stop.signal, onEvent })}\n`,
);
