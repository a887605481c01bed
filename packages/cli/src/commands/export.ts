import { exportDataset, type ExportFormat, selectDataset, type TableType } from '@wenlan/shards';
import type { CommandContext } from '../command-context.ts';
import { localPath } from '../local-path.ts';
import { readLines } from '../read-lines.ts';
import { UsageError } from '../usage-error.ts';

export interface ExportCommandOptions {
  out: string;
  format: string;
  run?: string;
  where?: string;
  split?: string[];
  table?: TableType;
  ids?: string;
  shardRows?: number;
}

export async function exportCommand(
  dataset: string | undefined,
  options: ExportCommandOptions,
  context: CommandContext,
): Promise<void> {
  if (options.run !== undefined) return exportWeights(options.run, options, context);
  if (dataset === undefined) {
    throw new UsageError('EXPORT_NOTHING', 'There is nothing to export; name a dataset, or a run with --run.');
  }
  const { out, format, split, where, table } = options;
  if (format === 'dataset') return exportDatasetOfOurs(dataset, options, context);
  if (options.ids !== undefined || options.shardRows !== undefined) {
    const sentence = `--ids and --shard-rows make a dataset; use --format dataset, and export that one as ${format}.`;
    throw new UsageError('EXPORT_FORMAT', sentence);
  }
  const summary = await exportDataset(dataset, {
    out,
    format: format as ExportFormat,
    ...(where !== undefined && { where }),
    ...(table !== undefined && { table }),
    ...(split !== undefined && { splits: split }),
    signal: context.signal,
    onProgress: ({ rowsRead, rowsTotal, files }) =>
      context.reporter.progress({ stage: 'export', done: rowsRead, total: rowsTotal, unit: 'rows', detail: `${files} files` }),
  });
  const { rows, files, leftOut } = summary;
  const without = leftOut === 0 ? '' : `, ${leftOut} left out for lack of a picture or URL`;
  context.print({ folder: out, ...summary }, [`${rows} rows in ${files.length} files${without}: ${out}`]);
}

/** A subset, the rows in other shards, or both. */
async function exportDatasetOfOurs(dataset: string, options: ExportCommandOptions, context: CommandContext): Promise<void> {
  const { out, split, where, ids, shardRows } = options;
  const { totals, shards } = await selectDataset(dataset, {
    out,
    ...(where !== undefined && { where }),
    ...(split !== undefined && { splits: split }),
    ...(ids !== undefined && { ids: await readLines(ids, 'an id') }),
    ...(shardRows !== undefined && { maxShardRows: shardRows }),
    signal: context.signal,
    onProgress: ({ rowsRead, rowsTotal }) =>
      context.reporter.progress({ stage: 'export', done: rowsRead, total: rowsTotal, unit: 'rows' }),
  });
  const { rows } = totals;
  context.print({ dataset: out, rows, shards: shards.length }, [`${rows} rows in ${shards.length} shards: ${out}`]);
}

async function exportWeights(run: string, options: ExportCommandOptions, context: CommandContext): Promise<void> {
  const { format } = options;
  const out = localPath(options.out);
  if (format !== 'pth' && format !== 'safetensors') {
    throw new UsageError('FORMAT_UNKNOWN', `There is no format ${format} for weights; use pth or safetensors.`);
  }
  const { exportRun } = await import('@wenlan/model'); // which loads TensorFlow
  const summary = await exportRun(run, { out, format, note: (sentence) => context.reporter.note(sentence) });
  const { file, tensors, step, bytes } = summary;
  context.print(summary, [`${tensors} tensors of step ${step}, ${(bytes / 1e6).toFixed(1)} MB: ${file}`]);
}
