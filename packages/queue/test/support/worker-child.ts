import { runCrawlWorker } from '../../src/crawl-worker.ts';

const [queue, concurrency, lockMillis] = process.argv.slice(2) as [string, string, string];
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
const finished = await runCrawlWorker({
  queue,
  concurrency: Number(concurrency),
  lockMillis: Number(lockMillis),
  signal: stop.signal,
  onEvent: (sentence) => process.stdout.write(`${sentence}\n`),
});
process.stdout.write(`finished ${finished}\n`);
