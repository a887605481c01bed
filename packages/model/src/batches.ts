import type { Group } from '@wenlan/engine';
import { type Batch, loader, UserError } from '@wenlan/shards';
import type { Provenance } from './moco/queues.ts';
import { onEveryRank } from './ranks/on-every-rank.ts';
import { chooseText } from './text-choice.ts';
import type { EncodedTexts, Tokenizer } from './tokenizer.ts';
import type { TextFeatures } from './text-features/text-features.ts';
import type { ResolvedTrainConfig } from './train-config.ts';

/** Where the loader stands: the next batch to be trained on. */
export interface Position {
  epoch: number;
  batch: number;
}

/** One step's worth of pairs, each with the text that stands for it this time: with several ranks, the share of this one. */
export interface TrainBatch {
  position: Position;
  pixels: Float32Array; // [own, side, side, 3], 0..1
  boxes: Batch['boxes'];
  /** Padded to one length on all ranks. */
  texts: EncodedTexts & {
    /** What the frozen layers of the text tower make of them, where that is stored. */
    hidden?: Float32Array; // [own · tokens, features]
  };
  pairs: Provenance[]; // [own]
  /** Of all ranks, in rank order. */
  allPairs: Provenance[]; // [batch]
  /** Of all ranks. */
  skipped: Batch['skipped'];
}

export interface BatchSource {
  data: string;
  side: number;
  config: ResolvedTrainConfig;
  tokenizer: Tokenizer;
  seed: number;
  workers: number;
  textFeatures?: TextFeatures | undefined;
  group: Group;
}

/** The share of one rank, before it knows those of the others. */
interface Share extends Batch {
  pairs: Provenance[];
  encoded: EncodedTexts;
}

/**
 * The train split, epoch after epoch without end, from a position on. A pure function of data, settings, seed and position: the
 * number of workers changes nothing, and the shares of several ranks, put under each other, are the batch of a single one.
 * @throws UserError SPLIT_TOO_SMALL and the others of `loader`; PAIR_WITHOUT_TEXT
 */
export async function* trainBatches(source: BatchSource, from: Position): AsyncGenerator<TrainBatch, undefined, void> {
  const { data, side, config, seed, workers, group } = source;
  const { rank, size: worldSize } = group;
  const { batchSize, augment } = config;
  const share = { rank, worldSize, batchSize: batchSize / worldSize };
  for (let epoch = from.epoch; ; epoch++) {
    const startBatch = epoch === from.epoch ? from.batch : 0;
    const options = { split: 'train', ...share, seed, epoch, workers, image: { side, augment }, startBatch, dropLast: true };
    const loaded = loader(data, options);
    try {
      for (let batch = await nextBatch(loaded, source, epoch); batch !== null; batch = await nextBatch(loaded, source, epoch)) {
        yield batch;
      }
    } finally {
      await loaded.return();
    }
  }
}

/** @returns null at the end of the epoch, to which all ranks come together */
async function nextBatch(loaded: ReturnType<typeof loader>, source: BatchSource, epoch: number): Promise<TrainBatch | null> {
  const { group, tokenizer, textFeatures } = source;
  const loading = nextShare(loaded, source, epoch);
  const shares = await onEveryRank(group, async () => {
    const share = await loading;
    return share && { pairs: share.pairs, tokens: share.encoded.tokens, skipped: share.skipped };
  });
  const own = await loading;
  if (own === null) return null;

  const { index, pixels, boxes, pairs } = own;
  const tokens = Math.max(...shares.map((share) => share!.tokens));
  const chosen = pairs.map(({ text }) => text);
  const encoded = own.encoded.tokens === tokens ? own.encoded : tokenizer.encodeBatch(chosen, [tokens]);
  const stored = textFeatures === undefined ? {} : { hidden: await textFeatures.read(chosen, encoded) };
  const allPairs = shares.flatMap((share) => share!.pairs);
  const skipped = shares.flatMap((share) => share!.skipped);
  return { position: { epoch, batch: index }, pixels, boxes, texts: { ...encoded, ...stored }, pairs, allPairs, skipped };
}

async function nextShare(
  loaded: ReturnType<typeof loader>,
  { data, config, seed, tokenizer }: BatchSource,
  epoch: number,
): Promise<Share | null> {
  const { value: batch } = await loaded.next();
  if (batch === undefined) return null;
  const { ids, texts } = batch;
  const choose = (id: string, row: number): string | null => chooseText(texts[row]!, config.textWeights, seed, epoch, id);
  const pairs = ids.map((id, row) => ({ id, text: textOf(id, choose(id, row), data) }));
  const chosen = pairs.map(({ text }) => text);
  return { ...batch, pairs, encoded: tokenizer.encodeBatch(chosen, config.textBuckets) };
}

function textOf(id: string, text: string | null, data: string): string {
  if (text !== null) return text;
  throw new UserError(
    'PAIR_WITHOUT_TEXT',
    `The pair ${id} of ${data} has no text; clean the dataset with a rule that drops such pairs.`,
  );
}
