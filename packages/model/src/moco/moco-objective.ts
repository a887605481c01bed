import { tf } from '@wenlan/engine';
import type { TrainBatch } from '../batches.ts';
import { encodeFrozenImage, encodeFrozenText, frozenImage, frozenText, type ParameterStore } from '../brivl.ts';
import { l2Normalize } from '../nn/l2-normalize.ts';
import { type ContrastiveObjective, statisticsOf, type Tower } from '../objective.ts';
import type { ObjectiveSettings } from '../create-objective.ts';
import type { Entry } from '../nn/parameter-store.ts';
import type { Parameter } from '../optimizer/optimizer.ts';
import type { Ranker } from '../ranker.ts';
import { gatherRows } from '../ranks/gather-rows.ts';
import { dropoutSeed, pairInputs, type PairInputs, TwoTowers } from '../two-towers.ts';
import { excludedKeys } from './excluded-keys.ts';
import { KeyShuffle } from './key-shuffle.ts';
import { mocoLoss } from './loss.ts';
import { type MomentumPair, momentumUpdate } from './momentum.ts';
import { MocoQueues, type Provenance } from './queues.ts';

type SampleInputs = [
  ...PairInputs,
  keyBoxMask: tf.Tensor2D, // [own or 1, boxes]
  places: tf.Tensor2D, // int32 [2, own], of the key shuffle
  querySeed: tf.Tensor1D, // int32 [2]
  keySeed: tf.Tensor1D, // int32 [2]
];

const SAMPLE_INPUTS = 9;

type BatchInputs = [
  excluded: tf.Tensor2D, // [batch, batch + queueSize]
  slots: tf.Tensor1D, // int32 [batch]
];

/** Of images, of texts. */
type Features = [tf.Tensor2D, tf.Tensor2D]; // each [own or batch, dim], L2-normed rows

/** What the frozen layers make of the samples, for queries and keys alike. */
interface Frozen {
  map: tf.Tensor4D; // [own, height, width, channels]
  hidden: tf.Tensor2D; // [own · tokens, features]
}

/** What of the queues isn't tensors. */
interface SavedQueues {
  queue: { pointer: number; provenance: (Provenance | null)[] };
}

/**
 * BriVL: cross-modal MoCo (WenLan, arXiv 2103.06561, section 3.2; MoCo, He et al. 2020, algorithm 1, in both directions). A rank encodes
 * its own samples and then has the features and keys of the whole batch, so that all compute one loss and keep the same queues.
 */
export class MocoObjective implements ContrastiveObjective {
  readonly image: ParameterStore;
  readonly imageKey: ParameterStore;
  readonly text: ParameterStore;
  readonly textKey: ParameterStore;
  readonly queues: MocoQueues;
  readonly towers: readonly Tower[];
  readonly variables: readonly Parameter[];
  readonly trained: readonly Parameter[];
  readonly statistics: readonly Parameter[];
  readonly lossParameters: readonly Parameter[];
  readonly parts: readonly string[] = ['imageToText', 'textToImage', 'temperature'];
  private readonly settings: ObjectiveSettings;
  private readonly queries: TwoTowers;
  private readonly shuffle: KeyShuffle;
  private readonly momentumPairs: readonly MomentumPair[];

  constructor(settings: ObjectiveSettings) {
    const { model, config, seed } = settings;
    this.settings = settings;
    this.shuffle = new KeyShuffle(settings.group, config.batchShuffle);
    this.queries = new TwoTowers(settings, { model, learnTemperature: config.learnTemperature });
    this.image = this.queries.image;
    this.text = this.queries.text;
    // what isn't trained is the same in both, if it is in inference mode also the statistics
    const isShared = ({ trainable, buffer, frozen }: Entry): boolean =>
      !trainable && (!buffer || (frozen && model.frozenLayers === 'inference'));
    this.imageKey = this.image.clone(isShared);
    this.textKey = this.text.clone(isShared);
    this.queues = new MocoQueues(config.queueSize, model.dim, seed);
    this.towers = [
      { prefix: 'imgencoder', store: this.image },
      { prefix: 'imgencoder_mom', store: this.imageKey },
      { prefix: 'textencoder', store: this.text },
      { prefix: 'textencoder_mom', store: this.textKey },
    ];
    this.variables = [
      { name: 'img_queue', variable: this.queues.images },
      { name: 'text_queue', variable: this.queues.texts },
      { name: 'log_scale', variable: this.queries.logScale },
    ];
    this.trained = this.queries.trained();
    this.statistics = statisticsOf(this.towers, model.frozenLayers === 'inference');
    this.lossParameters = this.trained.filter(({ variable }) => variable === this.queries.logScale);
    // batch-norm statistics aren't among them: a key tower keeps its own
    this.momentumPairs = [...momentumPairs(this.image, this.imageKey), ...momentumPairs(this.text, this.textKey)];
  }

  inputs(batch: TrainBatch, step: number): [...SampleInputs, ...BatchInputs] {
    return [...this.sampleInputs(batch, step), ...this.batchInputs(batch, step)];
  }

  prepare(inputs: [...SampleInputs, ...BatchInputs]): [...Features, Frozen['map'], Frozen['hidden']] {
    const sample = inputs.slice(0, SAMPLE_INPUTS) as SampleInputs;
    const frozen = this.frozen(sample);
    const keys = gatherRows(this.settings.group, this.keysOf(sample, frozen));
    return [...keys, frozen.map, frozen.hidden];
  }

  loss(
    inputs: [...SampleInputs, ...BatchInputs],
    [imageKeys, textKeys, map, hidden]: [...Features, Frozen['map'], Frozen['hidden']],
  ): [tf.Scalar, tf.Scalar, tf.Scalar, tf.Scalar] {
    const queries = this.queriesOf(inputs.slice(0, SAMPLE_INPUTS) as SampleInputs, { map, hidden }, true);
    return this.featureLoss(inputs.slice(SAMPLE_INPUTS) as BatchInputs, queries, [imageKeys, textKeys]);
  }

  update(inputs: [...SampleInputs, ...BatchInputs], [imageKeys, textKeys]: Features): void {
    this.follow(inputs.slice(SAMPLE_INPUTS) as BatchInputs, [imageKeys, textKeys]);
  }

  sampleInputs(batch: TrainBatch, step: number, ...micro: number[]): SampleInputs {
    const { settings, shuffle } = this;
    const pair = pairInputs(batch, settings.model);
    const [, , boxMask] = pair;
    const places = shuffle.places(batch.pairs.length, [settings.seed, step, ...micro]);
    const seeds = (['query', 'key'] as const).map((role) => dropoutSeed(settings, role, step, ...micro)) as [
      tf.Tensor1D,
      tf.Tensor1D,
    ];
    return [...pair, shuffle.ownBoxMask(boxMask, places), places, ...seeds];
  }

  batchInputs({ allPairs }: TrainBatch, step: number): BatchInputs {
    const { queues } = this;
    const { maskFalseNegatives, queueWarmupSteps } = this.settings.config;
    const count = allPairs.length;
    const excluded = excludedKeys(allPairs, queues.provenance, { maskFalseNegatives, queueCounts: step >= queueWarmupSteps });
    return [tf.tensor2d(excluded, [count, count + queues.size]), tf.tensor1d(queues.slots(count), 'int32')];
  }

  keys(sample: SampleInputs): Features {
    return this.keysOf(sample, this.frozen(sample));
  }

  features(sample: SampleInputs, { updateStatistics }: { updateStatistics: boolean }): Features {
    return this.queriesOf(sample, this.frozen(sample), updateStatistics);
  }

  featureLoss(
    [excluded]: BatchInputs,
    queries: Features,
    [imageKeys, textKeys]: Features,
  ): [tf.Scalar, tf.Scalar, tf.Scalar, tf.Scalar] {
    const [imageQueries, textQueries] = gatherRows(this.settings.group, queries);
    const features = { imageQueries, textQueries, imageKeys, textKeys };
    const { size, images, texts } = this.queues;
    const queued = { imageQueue: size === 0 ? null : images, textQueue: size === 0 ? null : texts };
    const scale = this.queries.scale();
    const { negatives } = this.settings.config;
    const { loss, imageToText, textToImage } = mocoLoss({ ...features, ...queued, excluded }, scale, negatives);
    return [loss, tf.mean(imageToText), tf.mean(textToImage), tf.reciprocal(scale)];
  }

  follow([, slots]: BatchInputs, [imageKeys, textKeys]: Features): void {
    momentumUpdate(this.momentumPairs, this.settings.config.momentum);
    this.queues.enqueue(slots, imageKeys, textKeys);
  }

  advance({ allPairs }: TrainBatch): void {
    this.queues.advance(allPairs);
  }

  saved(): SavedQueues {
    const { pointer, provenance } = this.queues;
    return { queue: { pointer, provenance } };
  }

  restore({ queue }: SavedQueues): void {
    this.queues.pointer = queue.pointer;
    this.queues.provenance.splice(0, this.queues.size, ...queue.provenance);
  }

  ranker(): Ranker {
    return this.queries.ranker();
  }

  private frozen([pixels, , , words, mask]: SampleInputs): Frozen {
    const { model } = this.settings;
    const hidden = words.dtype === 'int32' ? frozenText(model, this.text, words, mask) : words;
    return { map: frozenImage(model, this.image, pixels), hidden };
  }

  private queriesOf(
    [, corners, boxMask, , mask, , , seed]: SampleInputs,
    { map, hidden }: Frozen,
    updateStatistics: boolean,
  ): Features {
    const { model } = this.settings;
    const options = { training: true, seed, updateStatistics };
    return [
      l2Normalize(encodeFrozenImage(model, this.image, map, options, { corners, mask: boxMask })),
      l2Normalize(encodeFrozenText(model, this.text, hidden, mask, options)),
    ];
  }

  /** Only pictures meet batch norm, so only they are shuffled. */
  private keysOf([, corners, , , mask, boxMask, places, , seed]: SampleInputs, { map, hidden }: Frozen): Features {
    const { model } = this.settings;
    const options = { training: true, seed };
    const images = this.shuffle.around({ map, corners, mask: boxMask }, places, ({ map, ...boxes }) =>
      encodeFrozenImage(model, this.imageKey, map, options, boxes),
    );
    return [l2Normalize(images), l2Normalize(encodeFrozenText(model, this.textKey, hidden, mask, options))];
  }

  dispose(): void {
    this.queries.dispose();
    this.imageKey.dispose();
    this.textKey.dispose();
    this.queues.dispose();
  }
}

function momentumPairs(query: ParameterStore, key: ParameterStore): MomentumPair[] {
  return query
    .entries()
    .filter(({ trainable }) => trainable)
    .map(({ name, variable }) => ({ query: variable, key: key.get(name) }));
}
