import { runCrawlWorker } from '@wenlan/queue';

/** A worker of the queue that is named, until it is told to stop. */
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
await runCrawlWorker({ queue: process.argv[2]!, signal: stop.signal });
