import type { CommandContext } from '../command-context.ts';
import { loadConfig } from '../config/load.ts';
import { type ConnectTo, crawlLine, crawlStage } from '../stages/crawl-stage.ts';

export interface CrawlCommandOptions {
  out: string;
  config?: string;
  connectTo: ConnectTo;
}

export async function crawlCommand(options: CrawlCommandOptions, context: CommandContext): Promise<void> {
  const config = await loadConfig(options.config);
  const summary = await crawlStage(config, options.out, options.connectTo, context);
  context.print({ dataset: options.out, ...summary }, [crawlLine(summary, options.out), ...summary.advice]);
}
