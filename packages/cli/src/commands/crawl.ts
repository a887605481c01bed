import type { CommandContext } from '../command-context.ts';
import { loadConfig } from '../config/load.ts';
import { type ConnectTo, crawlStage } from '../stages/crawl-stage.ts';

export interface CrawlCommandOptions {
  out: string;
  config?: string;
  connectTo: ConnectTo;
}

export async function crawlCommand(options: CrawlCommandOptions, context: CommandContext): Promise<void> {
  const config = await loadConfig(options.config);
  const summary = await crawlStage(config, options.out, options.connectTo, context);
  const { candidates, pages, byOutcome, advice } = summary;
  context.print({ dataset: options.out, ...summary }, [
    `${candidates} candidate pictures on ${pages} pages, ${byOutcome['ok'] ?? 0} fetched: ${options.out}`,
    ...advice,
  ]);
}
