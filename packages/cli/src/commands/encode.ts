import { type Encoded, encodeDataset, encodeSentences, loadRun } from '@wenlan/model';
import type { CommandContext } from '../command-context.ts';
import { loadConfig } from '../config/load.ts';
import { localPath } from '../local-path.ts';
import { readLines } from '../read-lines.ts';
import { UsageError } from '../usage-error.ts';

export interface EncodeCommandOptions {
  out: string;
  pictures?: string;
  captions?: string;
  lines?: string;
  split?: string[];
  config?: string;
}

/** Vectors of a trained run, for any other program. */
export async function encodeCommand(folder: string, options: EncodeCommandOptions, context: CommandContext): Promise<void> {
  const { pictures, captions, lines, split } = options;
  const out = localPath(options.out);
  if ([pictures, captions, lines].filter((input) => input !== undefined).length !== 1)
    throw new UsageError('ENCODE_INPUT', 'Say what is encoded: one of --pictures DATASET, --captions DATASET and --lines FILE.');
  const { captionKinds } = (await loadConfig(options.config)).evaluate;
  const { reporter, signal } = context;
  const sentences = lines === undefined ? undefined : await readLines(lines);
  const run = await loadRun(folder, { note: (sentence) => reporter.note(sentence) });
  try {
    const unit = pictures === undefined ? 'texts' : 'pictures';
    const onProgress = ({ rowsDone }: { rowsDone: number }): void => reporter.progress({ stage: 'encode', done: rowsDone, unit });
    let encoded: Encoded;
    if (sentences !== undefined) encoded = await encodeSentences(run, sentences, { out, signal, onProgress });
    else {
      const what = pictures === undefined ? 'captions' : 'pictures';
      const shared = { out, captionKinds, signal, onProgress, ...(split === undefined ? {} : { splits: split }) };
      encoded = await encodeDataset(run, what, (pictures ?? captions)!, shared);
    }
    const skipped = encoded.skipped === 0 ? '' : `, ${encoded.skipped} pairs without a text or a picture that decodes left out`;
    context.print({ out, ...encoded, dim: run.dim }, [`${encoded.rows} vectors of ${run.dim} numbers${skipped}: ${out}`]);
  } finally {
    run.dispose();
  }
}
