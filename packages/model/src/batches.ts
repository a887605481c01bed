import { type Batch, loader, UserError } from '@wenlan/shards';
import type { Provenance } from './moco/queues.ts';
import { chooseText } from './text-choice.ts';
import type { EncodedTexts, Tokenizer } from './tokenizer.ts';
import type { TextFeatures } from './text-features/text-features.ts';
import type { ResolvedTrainConfig } from './train-config.ts';

/** Where the loader stands: the next batch to be trained on. */
export interface Position {
  epoch: number;
  batch: number;
}

/** One step's worth of pairs, each with the text that stands for it this time. */
export interface TrainBatch {
  position: Position;
  pixels: Float32Array; // [batch, side, side, 3], 0..1
  boxes: Batch['boxes'];
  texts: EncodedTexts & {
    /** What the frozen layers of the text tower make of them, where that is stored. */
    hidden?: Float32Array; // [batch · tokens, features]
  };
  pairs: Provenance[];
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
}

/**
 * The train split, epoch after epoch without end, from a position on. A pure function of data, settings, seed and position: the
 * number of workers changes nothing.
 * @throws UserError if an epoch has no batch, or a pair has no text
 */
export async function* trainBatches(source: BatchSource, from: Position): AsyncGenerator<TrainBatch, undefined, void> {
  const { data, side, config, tokenizer, seed, workers, textFeatures } = source;
  const { batchSize, augment, textWeights, textBuckets } = config;
  for (let epoch = from.epoch; ; epoch++) {
    const startBatch = epoch === from.epoch ? from.batch : 0;
    const options = { split: 'train', batchSize, seed, epoch, workers, image: { side, augment }, startBatch, dropLast: true };
    let batches = 0;
    for await (const { index, ids, pixels, boxes, texts, skipped } of loader(data, options)) {
      const pairs = ids.map((id, row) => ({ id, text: textOf(id, chooseText(texts[row]!, textWeights, seed, epoch, id), data) }));
      const chosen = pairs.map(({ text }) => text);
      const encoded = tokenizer.encodeBatch(chosen, textBuckets);
      const stored = textFeatures === undefined ? {} : { hidden: await textFeatures.read(chosen, encoded) };
      yield { position: { epoch, batch: index }, pixels, boxes, texts: { ...encoded, ...stored }, pairs, skipped };
      batches++;
    }
    if (batches === 0 && startBatch === 0) {
      throw new UserError(
        'SPLIT_TOO_SMALL',
        `The train split of ${data} doesn't fill one batch of ${batchSize}; lower train.batchSize.`,
      );
    }
  }
}

function textOf(id: string, text: string | null, data: string): string {
  if (text !== null) return text;
  throw new UserError(
    'PAIR_WITHOUT_TEXT',
    `The pair ${id} of ${data} has no text; clean the dataset with a rule that drops such pairs.`,
  );
}
