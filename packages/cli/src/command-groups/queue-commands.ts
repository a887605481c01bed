import type { Command } from 'commander';
import type { Run } from '../command-context.ts';
import { wholeNumber } from '../option-parsers.ts';

const QUEUE = 'the Redis of the queue, such as redis://127.0.0.1:6379';

/** Crawling and cleaning on many machines. */
export function addQueueCommands(program: Command, run: Run): void {
  program
    .command('worker')
    .description(
      'crawl and clean for others, who put their work into a queue, until it is stopped; Ctrl-C or SIGTERM gives back what is in flight',
    )
    .requiredOption('--queue <url>', QUEUE)
    .option(
      '--concurrency <count>',
      'parts of crawls at once, each with the requests at once that its crawl allows',
      wholeNumber,
      1,
    )
    .option('--grace <seconds>', 'after Ctrl-C or SIGTERM, what takes longer is given back as it is', wholeNumber, 60)
    .option('--metrics <port>', 'serve the state of the queue to Prometheus at /metrics on this port', wholeNumber)
    .action((options) => run(async (context) => (await import('../commands/worker.ts')).workerCommand(options, context)));
  const queue = program.command('queue').description('look after the queue');
  queue
    .command('failed')
    .description('list what failed again and again, with the last reason')
    .requiredOption('--queue <url>', QUEUE)
    .action((options) => run(async (context) => (await import('../commands/queue.ts')).queueFailedCommand(options, context)));
  queue
    .command('retry')
    .description('put what failed back into the queue')
    .requiredOption('--queue <url>', QUEUE)
    .action((options) => run(async (context) => (await import('../commands/queue.ts')).queueRetryCommand(options, context)));
}
