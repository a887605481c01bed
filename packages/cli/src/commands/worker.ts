import { createServer } from 'node:http';
import { once } from 'node:events';
import {
  checkRedis,
  cleanMetrics,
  openCleanQueue,
  openCrawlQueue,
  queueMetrics,
  runCleanWorker,
  runCrawlWorker,
} from '@wenlan/queue';
import type { CommandContext } from '../command-context.ts';
import { UsageError } from '../usage-error.ts';

export interface WorkerCommandOptions {
  queue: string;
  concurrency: number;
  grace: number;
  metrics?: number;
}

/** For the last lines to be written. */
const EXIT_MILLIS = 1_000;

/** Works for a queue until a signal comes. */
export async function workerCommand(
  { queue: url, concurrency, grace, metrics }: WorkerCommandOptions,
  context: CommandContext,
): Promise<void> {
  await checkRedis(url);
  const metricsServer = metrics === undefined ? undefined : await serveMetrics(url, metrics);
  const { signal, reporter } = context;
  const working = {
    queue: url,
    signal,
    graceMillis: 1_000 * grace,
    onEvent: (sentence: string) => reporter.note(`${sentence}.`),
  };
  try {
    const [parts, shards] = await Promise.all([runCrawlWorker({ ...working, concurrency }), runCleanWorker(working)]);
    context.print({ parts, shards }, [`${parts} parts of crawls and ${shards} shards and partitions to clean finished.`]);
    // What was given back unfinished would keep the process.
    setTimeout(() => process.exit(), EXIT_MILLIS).unref();
  } finally {
    await metricsServer?.close();
  }
}

/** @throws UsageError METRICS_PORT */
async function serveMetrics(url: string, port: number): Promise<{ close(): Promise<void> }> {
  const [crawls, cleanings] = [openCrawlQueue(url), openCleanQueue(url)];
  for (const queue of [crawls, cleanings]) queue.on('error', () => {}); // Redis is gone for a while
  const close = async (): Promise<void> => void (await Promise.all([crawls.close(), cleanings.close()]));
  const server = createServer((request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    Promise.all([queueMetrics(crawls), cleanMetrics(cleanings)]).then(
      (texts) => response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(texts.join('')),
      (error: Error) => response.writeHead(503).end(`${error.message}\n`),
    );
  });
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    await close();
    throw new UsageError(
      'METRICS_PORT',
      `Port ${port} can't be served (${(error as Error).message}); choose another with --metrics.`,
    );
  }
  return {
    async close() {
      server.closeAllConnections();
      server.close();
      await close();
    },
  };
}
