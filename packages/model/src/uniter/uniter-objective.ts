import { tf } from '@wenlan/engine';
import type { TrainBatch } from '../batches.ts';
import { imageRegions, ParameterStore } from '../brivl.ts';
import type { ObjectiveSettings } from '../create-objective.ts';
import { gelu } from '../nn/activations.ts';
import type { BertConfig } from '../nn/bert.ts';
import { type ForwardOptions, ForwardPass } from '../nn/forward-pass.ts';
import type { Boxes } from '../nn/roi-pooling.ts';
import { l2Normalize } from '../nn/l2-normalize.ts';
import { linear, linearParameters } from '../nn/linear.ts';
import { attentionBias } from '../nn/multi-head-attention.ts';
import { type Objective, statisticsOf, type Tower, trainableOf } from '../objective.ts';
import type { Parameter } from '../optimizer/optimizer.ts';
import { createPairScorer, type PairScorer } from '../pair-scorer.ts';
import { dropoutSeed, pairInputs, type PairInputs } from '../two-towers.ts';
import { maskPairs } from './masking.ts';
import { negativeCandidates } from './negative-candidates.ts';
import { placedValues, placeRegions, type Regions, splitRegions } from './placed-regions.ts';
import { regionShape, regionTowerParameters, singleStream, streamParameters } from './single-stream.ts';
import type { UniterConfig } from './uniter-config.ts';
import { weightedMeans } from './weighted-means.ts';
import { pickWords, wordHead, wordHeadParameters } from './word-head.ts';

type Inputs = [
  ...PairInputs,
  hiddenIds: tf.Tensor2D, // int32 [batch, tokens]
  places: tf.Tensor1D, // int32 [asked]
  cells: tf.Tensor1D, // int32 [asked]
  wordWeights: tf.Tensor1D, // [asked]
  hiddenRegions: tf.Tensor3D, // [batch, boxes, 1]
  candidates: tf.Tensor2D, // int32 [batch, candidates]
  negativeWeights: tf.Tensor1D, // [batch]
  seed: tf.Tensor1D, // int32 [2]
];

type Prepared = [target: tf.Tensor3D /* [batch, boxes, features] */, hardTexts: tf.Tensor1D, hardImages: tf.Tensor1D];

/**
 * UNITER (Chen et al., ECCV 2020): one transformer over words and regions, trained by image-text matching with the hardest of some
 * negatives, masked language modelling and masked region feature regression, all three in every step.
 *
 * Its regions come from the image tower that BriVL and CLIP have, trained along, instead of from a fixed detector; the features that
 * are to be regressed are normed, so that they can't be made easy by shrinking.
 */
export class UniterObjective implements Objective {
  readonly towers: readonly Tower[];
  readonly variables: readonly Parameter[] = [];
  readonly trained: readonly Parameter[];
  readonly statistics: readonly Parameter[];
  readonly parts: readonly string[] = ['matching', 'words', 'regions'];
  private readonly settings: ObjectiveSettings;
  private readonly uniter: UniterConfig;
  private readonly bert: BertConfig;
  private readonly image: ParameterStore;
  private readonly stream: ParameterStore;
  private readonly shape: { boxes: number; features: number };
  private readonly maskId: number;

  constructor(settings: ObjectiveSettings, uniter: UniterConfig) {
    const { model, tokenizer, seed } = settings;
    this.settings = settings;
    this.uniter = uniter;
    this.bert = { ...uniter, pooler: false };
    this.shape = regionShape(model);
    const { hidden } = uniter;
    const { features } = this.shape;
    this.image = ParameterStore.of(regionTowerParameters(model), seed);
    this.stream = ParameterStore.of(
      [
        ...streamParameters(this.bert, features, tokenizer.vocabularySize),
        ...wordHeadParameters('words', hidden, tokenizer.vocabularySize),
        ...linearParameters('region.dense', hidden, hidden),
        ...linearParameters('region.features', hidden, features),
        ...linearParameters('matching.pooler', hidden, hidden),
        ...linearParameters('matching.score', hidden, 1),
      ],
      seed,
    );
    this.towers = [
      { prefix: 'imgencoder', store: this.image },
      { prefix: 'uniter', store: this.stream },
    ];
    this.trained = trainableOf(this.towers);
    this.statistics = statisticsOf(this.towers, model.frozenLayers === 'inference');
    this.maskId = tokenizer.encode('[MASK]', 3)[1]!;
  }

  inputs(batch: TrainBatch, step: number): Inputs {
    const { seed, tokenizer, group } = this.settings;
    const { boxes } = this.shape;
    const { vocabularySize } = tokenizer;
    const { texts, pairs } = batch;
    const pair = pairInputs(batch, this.settings.model);
    const firstRow = group.rank * pairs.length;
    const options = { boxes, share: this.uniter.maskedShare, maskId: this.maskId, vocabularySize, firstRow };
    const hidden = maskPairs(texts, { ...options, draw: [seed, 'mask', step] });
    const draw = [seed, 'negative', step, ...(group.rank === 0 ? [] : ['rank', group.rank])];
    const { rows, weights } = negativeCandidates(pairs, this.uniter.candidates, draw);
    const cells = hidden.words.map((word, place) => place * vocabularySize + word);
    return [
      ...pair,
      tf.tensor2d(hidden.ids, [pairs.length, texts.tokens], 'int32'),
      tf.tensor1d(hidden.places, 'int32'),
      tf.tensor1d(cells, 'int32'),
      tf.tensor1d(hidden.weights),
      tf.tensor3d(hidden.regions, [pairs.length, boxes, 1]),
      tf.tensor2d(rows, [pairs.length, this.uniter.candidates], 'int32'),
      tf.tensor1d(weights),
      dropoutSeed(this.settings, 'query', step),
    ];
  }

  /** Looks, as it would in use, which of the candidates it takes most for the right ones. */
  prepare([pixels, corners, boxMask, ids, mask, , , , , , candidates]: Inputs): Prepared {
    const [batch, count] = candidates.shape;
    const regions = this.regions(pixels, { corners, mask: boxMask }, { training: false });
    const others: tf.Tensor1D = tf.reshape(candidates, [batch * count]);
    const own: tf.Tensor1D = tf.reshape(tf.tile(tf.reshape(tf.range(0, batch, 1, 'int32'), [batch, 1]), [1, count]), [
      batch * count,
    ]);
    const hardest = (images: tf.Tensor1D, texts: tf.Tensor1D): tf.Tensor1D => {
      const scores = this.match(pick3(regions, images), tf.gather(ids, texts), tf.gather(mask, texts), { training: false });
      const best = tf.argMax(tf.reshape(scores, [batch, count]), 1); // int32 [batch]
      const cells: tf.Tensor1D = tf.add(tf.mul(tf.range(0, batch, 1, 'int32'), tf.scalar(count, 'int32')), best);
      return tf.gather(others, cells);
    };
    return [splitRegions(regions).features, hardest(own, others), hardest(others, own)];
  }

  loss(inputs: Inputs, [target, hardTexts, hardImages]: Prepared): [tf.Scalar, tf.Scalar, tf.Scalar, tf.Scalar] {
    const [pixels, corners, boxMask, ids, mask, hiddenIds, places, cells, wordWeights, hiddenRegions, , negativeWeights, seed] =
      inputs;
    const options = { training: true, seed };
    const batch = ids.shape[0];
    const regions = this.regions(pixels, { corners, mask: boxMask }, options); // [batch, boxes, features + 5]
    const own = tf.range(0, batch, 1, 'int32');

    const images = tf.concat([own, own, hardImages]); // [3 · batch]
    const texts = tf.concat([own, hardTexts, own]);
    const scores = this.match(pick3(regions, images), tf.gather(ids, texts), tf.gather(mask, texts), options);
    const labels = tf.concat([tf.ones([batch]), tf.zeros([2 * batch])]);
    const crossEntropy = tf.sub(tf.softplus(scores), tf.mul(scores, labels)) as tf.Tensor1D;
    const weights = tf.concat([tf.ones([batch]), negativeWeights, negativeWeights]) as tf.Tensor1D;

    const pass = this.pass(options);
    const { features, ...where } = splitRegions(regions);
    const shown = tf.mul(features, tf.sub(1, hiddenRegions)) as tf.Tensor3D; // zeros where hidden
    const hidden = this.encode(pass, { features: shown, ...where }, hiddenIds, mask); // [batch · (tokens + boxes), hidden]
    const logProbabilities = wordHead(pass, 'words', tf.gather(hidden, places)); // [asked, vocabulary]
    const wordLosses = tf.neg(pickWords(logProbabilities, cells)); // [asked]
    const regionWeights: tf.Tensor1D = tf.reshape(tf.mul(hiddenRegions, tf.expandDims(where.mask, 2)), [-1]); // [batch · boxes]
    const [matching, words, regression] = weightedMeans(this.settings.group, [
      { values: crossEntropy, weights },
      { values: wordLosses, weights: wordWeights },
      { values: this.regress(pass, hidden, target), weights: regionWeights },
    ]);
    return [tf.addN([matching, words, regression]), matching, words, regression];
  }

  update(): void {}

  advance(): void {}

  saved(): object {
    return {};
  }

  restore(): void {}

  ranker(): PairScorer {
    const { model, tokenizer, config } = this.settings;
    const imageValues = placedValues(this.shape);
    const { boxes } = this.shape;
    const inference = { training: false };
    return createPairScorer({
      model,
      imageValues,
      tokenizer,
      textBuckets: config.textBuckets,
      regions: (pixels, given) => tf.reshape(this.regions(pixels, given, inference), [pixels.shape[0], imageValues]),
      score: (regions, ids, mask) =>
        this.match(tf.reshape(regions, [regions.shape[0], boxes, imageValues / boxes]), ids, mask, inference),
    });
  }

  dispose(): void {
    this.image.dispose();
    this.stream.dispose();
  }

  private pass(options: ForwardOptions): ForwardPass {
    return new ForwardPass(this.stream, options, true);
  }

  /** What the regions show and where they lie. @returns [batch, boxes, features + 5] */
  private regions(pixels: tf.Tensor4D, boxes: Boxes, options: ForwardOptions): tf.Tensor3D {
    const { model } = this.settings;
    const pass = new ForwardPass(this.image, options, model.frozenLayers === 'inference');
    return placeRegions(imageRegions(pass, model, pixels, boxes), boxes, model.side);
  }

  private encode(pass: ForwardPass, regions: Regions, ids: tf.Tensor2D, mask: tf.Tensor2D): tf.Tensor2D {
    const bias = attentionBias(tf.concat([mask, regions.mask], 1));
    return singleStream(pass, { ids, regions, bias }, this.bert);
  }

  /** How well each text fits its picture: the logit of a match. @returns [batch] */
  private match(regions: tf.Tensor3D, ids: tf.Tensor2D, mask: tf.Tensor2D, options: ForwardOptions): tf.Tensor1D {
    const pass = this.pass(options);
    const [batch, words] = ids.shape;
    const tokens = words + regions.shape[1];
    const hidden = this.encode(pass, splitRegions(regions), ids, mask);
    const rows: tf.Tensor2D = tf.reshape(hidden, [batch, tokens * this.bert.hidden]);
    const first = tf.slice(rows, [0, 0], [batch, this.bert.hidden]); // of [CLS]
    const pooled = tf.tanh(linear(pass, 'matching.pooler', first));
    return tf.reshape(linear(pass, 'matching.score', pooled), [batch]);
  }

  /** Squared distances between the regions and what was made of them. @returns [batch · boxes] */
  private regress(pass: ForwardPass, hidden: tf.Tensor2D, target: tf.Tensor3D): tf.Tensor1D {
    const [batch, boxes, features] = target.shape;
    const tokens = hidden.shape[0] / batch;
    const width = this.bert.hidden;
    const ofRegions = tf.slice(tf.reshape(hidden, [batch, tokens, width]), [0, tokens - boxes, 0], [batch, boxes, width]);
    const made = linear(
      pass,
      'region.features',
      gelu(linear(pass, 'region.dense', tf.reshape(ofRegions, [batch * boxes, width]))),
    );
    const wanted = l2Normalize(tf.reshape(target, [batch * boxes, features]));
    return tf.sum(tf.square(tf.sub(made, wanted)), 1);
  }
}

/** Rows of [batch, boxes, features + 5]. */
function pick3(x: tf.Tensor3D, rows: tf.Tensor1D): tf.Tensor3D {
  const [batch, boxes, features] = x.shape;
  return tf.reshape(tf.gather(tf.reshape(x, [batch, boxes * features]), rows), [rows.shape[0], boxes, features]);
}
