import { type ImportFormat, importDataset } from '@wenlan/shards';
import type { CommandContext } from '../command-context.ts';

export interface ImportCommandOptions {
  out: string;
  format?: ImportFormat;
  split?: string;
  images?: string;
  forgottenIn?: string[];
}

/** Problems shown to a person; the JSON has all that were kept. */
const PROBLEMS_SHOWN = 5;

export async function importCommand(input: string, options: ImportCommandOptions, context: CommandContext): Promise<void> {
  const summary = await importDataset(input, {
    ...options,
    signal: context.signal,
    onProgress: ({ rows, bytesDone, bytesTotal }) => {
      const detail = bytesTotal === 0 ? undefined : `${Math.round((100 * bytesDone) / bytesTotal)} % of the input`;
      context.reporter.progress({ stage: 'import', done: rows, unit: 'rows', ...(detail !== undefined && { detail }) });
    },
  });
  const { format, rows, byOutcome, problems } = summary;
  context.print({ dataset: options.out, ...summary }, [
    `${rows} rows of ${format}, ${byOutcome['ok'] ?? 0} with a picture: ${options.out}`,
    ...problems.slice(0, PROBLEMS_SHOWN).map(({ where, outcome, problem }) => `${where}: ${outcome}, ${problem}`),
    ...(problems.length > PROBLEMS_SHOWN ? [`… and ${problems.length - PROBLEMS_SHOWN} more`] : []),
  ]);
}
