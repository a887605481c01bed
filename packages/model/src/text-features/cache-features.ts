import { ALONE, capture, type CapturedStep, tf } from '@wenlan/engine';
import { readPairs } from '@wenlan/shards';
import { beginTraining } from '../begin-training.ts';
import { frozenText } from '../brivl.ts';
import { Interrupted } from '../interrupted.ts';
import type { MocoObjective } from '../moco/moco-objective.ts';
import { loadTraining, openTraining, type RunSettings } from '../open-training.ts';
import { discardUnbegun } from '../run-record.ts';
import type { TensorSource } from '../tensor-file.ts';
import { choosableTexts, type TextWeights } from '../text-choice.ts';
import type { Tokenizer } from '../tokenizer.ts';
import type { TrainState } from '../train-state.ts';
import { checkCanCache, featureKey, type FeatureSource } from './feature-key.ts';
import { FeatureFolder, type FeatureIndex, textHash } from './text-feature-files.ts';

/** Texts of one file: what a kill costs at most. */
const SHARD_TEXTS = 4096;

/** Which run, and who is told. */
export interface CacheFeaturesOptions extends RunSettings {
  /** Told after each file. */
  onProgress?: (progress: { textsDone: number }) => void;
  /** Receives a sentence on weights that were taken. */
  note?: (sentence: string) => void;
  /** Once aborted, the batch in flight is finished. */
  signal?: AbortSignal;
}

/**
 * Stores what the frozen layers of a run's text tower make of every text that it may train on, by the hash of the text, in the run's
 * folder: `train` with the same settings then reads that instead of computing it, and gives the same bits. Begins the run where there
 * is none yet. Goes on after a stop.
 * @throws UserError as `train`, or where nothing is frozen
 * @throws Interrupted when the signal stopped it
 */
export async function cacheFeatures(options: CacheFeaturesOptions): Promise<Omit<FeatureIndex, 'key'>> {
  const { data, out, seed, note = () => {}, onProgress = () => {}, signal = new AbortController().signal } = options;
  const opened = await openTraining(options);
  const { config, model } = opened;
  const said = (progress: { type: string; sentence?: string }): void => note(progress.sentence ?? '');
  const begin = async (): Promise<{ state: TrainState; tokenizer: Tokenizer }> => {
    checkCanCache(config, model);
    const { tokenizer } = await loadTraining(options, opened);
    const state = await beginTraining({
      data,
      out,
      seed,
      workers: 0,
      signal,
      onProgress: said,
      config,
      model,
      tokenizer,
      group: ALONE,
    });
    return { state, tokenizer };
  };
  const { state, tokenizer } = await begin().catch(async (error: unknown) => {
    await discardUnbegun(out, error);
    throw error;
  });
  const source = { config, model, tokenizer, text: (state.objective as MocoObjective).text };
  const program = new FeatureProgram(source);
  try {
    const folder = await FeatureFolder.open(out, await featureKey(source));
    let [shard, texts, bytes] = [0, 0, 0];
    for await (const part of distinctTexts(data, config.textWeights)) {
      bytes += (await folder.bytesOf(shard)) ?? (await folder.write(shard, program.sourcesOf(part, signal)));
      shard++;
      texts += part.length;
      onProgress({ textsDone: texts });
    }
    const { key: _, ...figures } = await folder.finish({ texts, bytes });
    return figures;
  } finally {
    program.dispose();
    state.dispose();
  }
}

/** The frozen layers as one program a length of texts. */
class FeatureProgram {
  private readonly source: FeatureSource;
  private readonly program: CapturedStep<[tf.Tensor2D, tf.Tensor2D], tf.Tensor2D>;

  constructor(source: FeatureSource) {
    const { config, model, text } = source;
    this.source = source;
    this.program = capture((ids: tf.Tensor2D, mask: tf.Tensor2D) => frozenText(model, text, ids, mask), {
      bfloat16: config.precision === 'bf16',
    });
  }

  /** Tensors [tokens, features] of texts, computed when it is their turn to be written; short texts first. */
  sourcesOf(texts: readonly string[], signal: AbortSignal): TensorSource[] {
    const { config, model, tokenizer } = this.source;
    const { textBuckets } = config;
    const { hidden: width } = model.text.bert;
    // with padding that is attended to, its features are needed as well
    const lengthOf = (mask: Float32Array, tokens: number): number =>
      model.text.attentionMask ? mask.reduce((sum, is) => sum + is, 0) : tokens;
    const sized = texts.map((text) => {
      const { mask, tokens } = tokenizer.encodeBatch([text], textBuckets);
      return { text, bucket: tokens, length: lengthOf(mask, tokens) };
    });
    sized.sort((left, right) => left.bucket - right.bucket);
    const features = this.featuresOf(sized, signal);
    return sized.map(({ text, length }) => ({
      name: textHash(text),
      shape: [length, width],
      dtype: 'F32' as const,
      load: async () => (await features.next()).value as Float32Array,
    }));
  }

  /** In their order, in batches of the shape that a step has: so their bits are those of a step. */
  private async *featuresOf(
    sized: readonly { text: string; bucket: number; length: number }[],
    signal: AbortSignal,
  ): AsyncGenerator<Float32Array, void> {
    const { config, model, tokenizer } = this.source;
    const { batchSize, microBatchSize = batchSize } = config;
    const { hidden: width } = model.text.bert;
    for (let start = 0; start < sized.length;) {
      if (signal.aborted) throw new Interrupted('Interrupted; run the same command again to go on from there.');
      const { bucket } = sized[start]!;
      const part = sized.slice(start, start + microBatchSize).filter((text) => text.bucket === bucket);
      const texts = Array.from({ length: microBatchSize }, (_, row) => part[row]?.text ?? '');
      const { ids, mask } = tokenizer.encodeBatch(texts, [bucket]);
      const inputs = [tf.tensor2d(ids, [microBatchSize, bucket], 'int32'), tf.tensor2d(mask, [microBatchSize, bucket])] as const;
      const hidden = this.program(...inputs); // [batch · tokens, features]
      const values = (await hidden.data()) as Float32Array;
      tf.dispose([hidden, ...inputs]);
      for (const [row, { length }] of part.entries()) {
        yield values.slice(row * bucket * width, (row * bucket + length) * width);
      }
      start += part.length;
    }
  }

  dispose(): void {
    this.program.dispose();
  }
}

/** Every text of the train split that may be chosen, once, in the order of the dataset. */
async function* distinctTexts(data: string, weights: TextWeights): AsyncGenerator<string[]> {
  const seen = new Set<string>();
  let part: string[] = [];
  for await (const pairs of readPairs(data, { splits: ['train'], columns: ['texts'] })) {
    for (const text of pairs.flatMap(({ texts }) => choosableTexts(texts, weights))) {
      const name = textHash(text);
      if (seen.has(name)) continue;
      seen.add(name);
      part.push(text);
      if (part.length < SHARD_TEXTS) continue;
      yield part;
      part = [];
    }
  }
  if (part.length > 0) yield part;
}
