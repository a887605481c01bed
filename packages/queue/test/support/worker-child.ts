import { runCrawlWorker } from '../../src/crawl-worker.ts';

const [queue, concurrency, lockMillis, graceMillis] = process.argv.slice(2) as [string, string, string, string?];
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
const finished = await runCrawlWorker({
  queue,
  concurrency: Number(concurrency),
  lockMillis: Number(lockMillis),
  signal: stop.signal,
  ...(graceMillis !== undefined && { graceMillis: Number(graceMillis) }),
  onEvent: (sentence) => process.stdout.write(`${sentence}\n`),
});
// Also with what wasn't finished in time.
process.stdout.write(`finished ${finished}\n`, () => process.exit());
