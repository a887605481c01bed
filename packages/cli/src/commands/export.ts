import { exportDataset, type ExportFormat, type TableType } from '@wenlan/shards';
import type { CommandContext } from '../command-context.ts';

export interface ExportCommandOptions {
  out: string;
  format: ExportFormat;
  where?: string;
  split?: string[];
  table?: TableType;
}

export async function exportCommand(dataset: string, options: ExportCommandOptions, context: CommandContext): Promise<void> {
  const { split, ...rest } = options;
  const summary = await exportDataset(dataset, {
    ...rest,
    ...(split !== undefined && { splits: split }),
    signal: context.signal,
    onProgress: ({ rowsRead, rowsTotal, files }) =>
      context.reporter.progress({ stage: 'export', done: rowsRead, total: rowsTotal, unit: 'rows', detail: `${files} files` }),
  });
  const { rows, files, leftOut } = summary;
  const without = leftOut === 0 ? '' : `, ${leftOut} left out for lack of a picture or URL`;
  context.print({ folder: options.out, ...summary }, [`${rows} rows in ${files.length} files${without}: ${options.out}`]);
}
