import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { checkRedis, type CrawlJobQueue, openCrawlQueue, queueMetrics, runCrawlWorker } from '@wenlan/queue';
import type { CommandContext } from '../command-context.ts';
import { UsageError } from '../usage-error.ts';

export interface WorkerCommandOptions {
  queue: string;
  concurrency: number;
  metrics?: number;
}

/** Works for a queue until a signal comes. */
export async function workerCommand(
  { queue: url, concurrency, metrics }: WorkerCommandOptions,
  context: CommandContext,
): Promise<void> {
  await checkRedis(url);
  const queue = metrics === undefined ? undefined : openCrawlQueue(url);
  const server = queue === undefined ? undefined : await serveMetrics(queue, metrics!);
  try {
    const finished = await runCrawlWorker({
      queue: url,
      concurrency,
      signal: context.signal,
      onEvent: (sentence) => context.reporter.note(`${sentence}.`),
    });
    context.print({ finished }, [`${finished} parts finished.`]);
  } finally {
    server?.closeAllConnections();
    server?.close();
    await queue?.close();
  }
}

/** @throws UsageError METRICS_PORT */
async function serveMetrics(queue: CrawlJobQueue, port: number): Promise<Server> {
  queue.on('error', () => {}); // Redis is gone for a while
  const server = createServer((request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    queueMetrics(queue).then(
      (text) => response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(text),
      (error: Error) => response.writeHead(503).end(`${error.message}\n`),
    );
  });
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new UsageError(
      'METRICS_PORT',
      `Port ${port} can't be served (${(error as Error).message}); choose another with --metrics.`,
    );
  }
  return server;
}
