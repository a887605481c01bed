import { cacheFeatures } from '@wenlan/model';
import type { CommandContext } from '../command-context.ts';
import { loadConfig } from '../config/load.ts';
import { localPath } from '../local-path.ts';

/** What `train` is given too: both have to be told the same. */
export interface RunFlags {
  data: string;
  out: string;
  config?: string;
  steps?: number;
  seed?: number;
  init?: string;
  initImage?: string;
  initText?: string;
  partial?: boolean;
}

/** Stores what the frozen layers of the text tower make of a dataset's texts, for the training of the same run. */
export async function cacheFeaturesCommand(options: RunFlags, context: CommandContext): Promise<void> {
  const { data, out: folder, config: file, seed, ...flags } = options;
  const out = localPath(folder);
  const config = await loadConfig(file);
  const { reporter, signal } = context;
  const figures = await cacheFeatures({
    data,
    out,
    config: { ...config.train, ...flags },
    seed: seed ?? config.seed,
    signal,
    note: (sentence) => reporter.note(sentence),
    onProgress: ({ textsDone }) => reporter.progress({ stage: 'cache-features', done: textsDone, unit: 'texts' }),
  });
  const { texts, bytes } = figures;
  context.print({ run: out, ...figures }, [`features of ${texts} texts, ${(bytes / 1e6).toFixed(1)} MB: ${out}/text-features`]);
}
