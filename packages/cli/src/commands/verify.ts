import { verifyDataset } from '@wenlan/shards';
import type { CommandContext } from '../command-context.ts';

/** @returns exit status: 0 sound, 1 not */
export async function verifyCommand(dataset: string, context: CommandContext): Promise<number> {
  const report = await verifyDataset(dataset);
  const lines = report.problems.map(({ file, row, offset, problem }) => {
    const place = [row === undefined ? '' : `, row ${row}`, offset === undefined ? '' : `, byte ${offset}`].join('');
    return `${file}${place}: ${problem}`;
  });
  const verdict = report.sound ? 'Everything is as it was written' : `${report.problems.length} problems`;
  context.print(report, [...lines, `${verdict}: ${report.rows} rows in ${report.shards} shards.`]);
  return report.sound ? 0 : 1;
}
