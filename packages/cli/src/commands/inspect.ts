import { inspectDataset } from '@wenlan/shards';
import type { CommandContext } from '../command-context.ts';

export async function inspectCommand(dataset: string, context: CommandContext): Promise<void> {
  const summary = await inspectDataset(dataset);
  context.print(summary, [
    `${summary.rows} rows of stage ${summary.stage} in ${summary.shards} shards, ${(summary.bytes / 1e6).toFixed(1)} MB${summary.complete ? '' : ', not finished'}`,
    ...countLines('outcome', summary.byOutcome),
    ...countLines('source', summary.bySource),
    ...countLines('split', summary.bySplit),
    ...summary.damaged.map((sentence) => `damaged: ${sentence}`),
  ]);
}

function countLines(title: string, counts: Record<string, number>): string[] {
  const rows = Object.entries(counts).sort(([, a], [, b]) => b - a);
  return [`by ${title}`, ...rows.map(([name, count]) => `  ${String(count).padStart(9)}  ${name}`)];
}
