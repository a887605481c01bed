import type { CommandContext } from '../command-context.ts';
import { loadConfig } from '../config/load.ts';
import { localPath } from '../local-path.ts';
import { type PipelineResult, runPipeline } from '../pipeline.ts';
import type { ConnectTo } from '../stages/crawl-stage.ts';

export interface RunCommandOptions {
  config?: string;
  out?: string;
  connectTo: ConnectTo;
  workers: number;
}

export async function runCommand(options: RunCommandOptions, context: CommandContext): Promise<void> {
  const config = await loadConfig(options.config);
  config.out = localPath(options.out ?? config.out);
  const { connectTo, workers } = options;
  const result = await runPipeline(config, { title: 'run', connectTo, workers }, context);
  context.print(result, linesOf(result));
}

/** What a person reads at the end. */
export function linesOf(result: PipelineResult): string[] {
  const { candidates, kept, gallery, recallAt10, chanceAt10, seconds, peakRssMegabytes, report } = result;
  const times = Object.entries(seconds).map(([stage, time]) => `${stage} ${time.toFixed(0)} s`);
  return [
    `${candidates} candidate pictures, ${kept} pairs kept`,
    `mean R@10 ${recallAt10.toFixed(1)} % over ${gallery} held-out meanings, ${(recallAt10 / chanceAt10).toFixed(0)} × chance`,
    `${times.join(', ')}; at most ${peakRssMegabytes} MB`,
    report,
  ];
}
