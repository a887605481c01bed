import { type ForgetRequest, forgetPairs } from '@wenlan/shards';
import type { CommandContext } from '../command-context.ts';
import { UsageError } from '../usage-error.ts';

export interface ForgetCommandOptions {
  id?: string[];
  url?: string[];
  page?: string[];
  pagesUnder?: string[];
  user?: string[];
  sha256?: string[];
  phash?: string[];
  near: number;
  derived?: string[];
}

export async function forgetCommand(dataset: string, options: ForgetCommandOptions, context: CommandContext): Promise<void> {
  const { id = [], url = [], page = [], pagesUnder = [], user = [], sha256 = [], phash = [], near, derived = [] } = options;
  const request: ForgetRequest = {
    ids: id,
    urls: url,
    pages: page,
    pagesUnder,
    users: user,
    sha256s: sha256,
    phashNear: phash.map((text) => ({ phash: parsePhash(text), maxDistance: near })),
  };
  const summary = await forgetPairs(dataset, request, {
    derived,
    signal: context.signal,
    onProgress: ({ location, phase, shardsDone, shardsTotal, rowsFound }) =>
      context.reporter.progress({
        stage: phase,
        done: shardsDone,
        total: shardsTotal,
        unit: 'shards',
        detail: `${rowsFound} rows of ${location}`,
      }),
  });
  context.print(
    summary,
    summary.datasets.map(
      ({ location, rows, shardsRewritten, bytesBefore, bytesAfter }) =>
        `${rows} rows forgotten, ${shardsRewritten} shards written anew, ${bytesBefore - bytesAfter} bytes fewer: ${location}`,
    ),
  );
}

function parsePhash(text: string): bigint {
  if (!/^[0-9a-f]{1,16}$/i.test(text)) {
    throw new UsageError('PHASH_INVALID', `${text} is no perceptual hash; give its 16 hexadecimal digits.`);
  }
  return BigInt(`0x${text}`);
}
