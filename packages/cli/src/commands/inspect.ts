import { type Bar, inspectDataset } from '@wenlan/shards';
import type { CommandContext } from '../command-context.ts';

export async function inspectCommand(dataset: string, context: CommandContext): Promise<void> {
  const summary = await inspectDataset(dataset);
  context.print(summary, [
    `${summary.rows} rows of stage ${summary.stage} in ${summary.shards} shards, ${(summary.bytes / 1e6).toFixed(1)} MB${summary.complete ? '' : ', not finished'}`,
    ...countLines('outcome', summary.byOutcome),
    ...countLines('source', summary.bySource),
    ...countLines('split', summary.bySplit),
    ...histogramLines('texts by length in characters', summary.textLengths),
    ...histogramLines('pictures by shorter side in pixels', summary.imageSides),
    ...summary.damaged.map((sentence) => `damaged: ${sentence}`),
  ]);
}

function countLines(title: string, counts: Record<string, number>): string[] {
  const rows = Object.entries(counts).sort(([, a], [, b]) => b - a);
  return [`by ${title}`, ...rows.map(([name, count]) => `  ${String(count).padStart(9)}  ${name}`)];
}

const LONGEST_BAR = 40;

function histogramLines(title: string, bars: readonly Bar[]): string[] {
  const most = Math.max(1, ...bars.map(({ count }) => count));
  const line = ({ from, to, count }: Bar): string =>
    `  ${String(count).padStart(9)}  ${`${from}–${to}`.padEnd(13)} ${'█'.repeat(Math.round((count / most) * LONGEST_BAR))}`.trimEnd();
  return bars.length === 0 ? [] : [title, ...bars.map(line)];
}
