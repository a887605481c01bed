import { capture, tf } from '@wenlan/engine';
import type { TrainBatch } from '../batches.ts';
import { imageRegions, ParameterStore } from '../brivl.ts';
import type { ObjectiveSettings } from '../create-objective.ts';
import type { BertConfig } from '../nn/bert.ts';
import { type ForwardOptions, ForwardPass } from '../nn/forward-pass.ts';
import { attentionBias } from '../nn/multi-head-attention.ts';
import type { Boxes } from '../nn/roi-pooling.ts';
import { type Objective, statisticsOf, type Tower, trainableOf } from '../objective.ts';
import type { Parameter } from '../optimizer/optimizer.ts';
import { createPairScorer, type PairScorer } from '../pair-scorer.ts';
import { dropoutSeed, pairInputs, type PairInputs } from '../two-towers.ts';
import { placedValues, placeRegions, splitRegions } from '../uniter/placed-regions.ts';
import { regionShape, regionTowerParameters, singleStream, streamParameters } from '../uniter/single-stream.ts';
import { weightedMeans } from '../uniter/weighted-means.ts';
import { pickWords, wordHead, wordHeadParameters } from '../uniter/word-head.ts';
import { type BeamOptions, beamSearch } from './beam-search.ts';
import type { CaptionerConfig } from './captioner-config.ts';

type Inputs = [
  ...PairInputs,
  seed: tf.Tensor1D, // int32 [2]
];

const HIDDEN_SCORE = 1e9;

/** Says what a picture shows. */
export interface Captioner extends PairScorer {
  /** A sentence for each picture, by beam search. @param images [count, imageValues] of `encodeImages` */
  caption(images: Float32Array, options?: Partial<BeamOptions>): Promise<string[]>;
}

/**
 * Captions word by word (Vinyals et al., CVPR 2015, with the transformer of Vaswani et al. 2017): every word sees the regions of the
 * image tower and the words before it. Regions come last in the stream, as in UNITER.
 */
export class CaptionerObjective implements Objective {
  readonly towers: readonly Tower[];
  readonly variables: readonly Parameter[] = [];
  readonly trained: readonly Parameter[];
  readonly statistics: readonly Parameter[];
  readonly parts: readonly string[] = [];
  private readonly settings: ObjectiveSettings;
  private readonly bert: BertConfig;
  private readonly image: ParameterStore;
  private readonly decoder: ParameterStore;
  private readonly shape: { boxes: number; features: number };

  constructor(settings: ObjectiveSettings, captioner: CaptionerConfig) {
    const { model, tokenizer, seed } = settings;
    this.settings = settings;
    this.bert = { ...captioner, pooler: false };
    this.shape = regionShape(model);
    const frozen = captioner.image === 'frozen';
    const specs = regionTowerParameters(model);
    this.image = ParameterStore.of(frozen ? specs.map((spec) => ({ ...spec, trainable: false })) : specs, seed);
    this.decoder = ParameterStore.of(
      [
        ...streamParameters(this.bert, this.shape.features, tokenizer.vocabularySize),
        ...wordHeadParameters('words', captioner.hidden, tokenizer.vocabularySize),
      ],
      seed,
    );
    this.towers = [
      { prefix: 'imgencoder', store: this.image },
      { prefix: 'captioner', store: this.decoder },
    ];
    this.trained = trainableOf(this.towers);
    this.statistics = statisticsOf(this.towers, true);
  }

  inputs(batch: TrainBatch, step: number): Inputs {
    return [...pairInputs(batch, this.settings.model), dropoutSeed(this.settings, 'query', step)];
  }

  prepare(): tf.Tensor[] {
    return [];
  }

  loss([pixels, corners, boxMask, ids, mask, seed]: Inputs): [tf.Scalar] {
    const options = { training: true, seed };
    const regions = this.regions(pixels, { corners, mask: boxMask }, options);
    const { logLikelihoods: values, weights } = this.nextWords(regions, ids, mask, options);
    const [likelihood] = weightedMeans(this.settings.group, [{ values, weights }]);
    return [tf.neg(likelihood)];
  }

  update(): void {}

  advance(): void {}

  saved(): object {
    return {};
  }

  restore(): void {}

  /** Ranks by the mean log-likelihood of a text's tokens. */
  ranker(): Captioner {
    const { model, tokenizer, config } = this.settings;
    const { boxes } = this.shape;
    const imageValues = placedValues(this.shape);
    const inference = { training: false };
    const unflat = (regions: tf.Tensor2D): tf.Tensor3D => tf.reshape(regions, [regions.shape[0], boxes, imageValues / boxes]);
    const scorer = createPairScorer({
      model,
      imageValues,
      tokenizer,
      textBuckets: config.textBuckets,
      regions: (pixels, given) => tf.reshape(this.regions(pixels, given, inference), [pixels.shape[0], imageValues]),
      score: (regions, ids, mask) => {
        const { logLikelihoods, weights } = this.nextWords(unflat(regions), ids, mask, inference);
        const byText = [ids.shape[0], ids.shape[1] - 1];
        const sums = tf.sum(tf.reshape(tf.mul(logLikelihoods, weights), byText), 1);
        return tf.div(sums, tf.sum(tf.reshape(weights, byText), 1));
      },
    });
    /** Log-probabilities of the word that follows each place. */
    const program = capture((regions: tf.Tensor2D, ids: tf.Tensor2D, last: tf.Tensor1D) => {
      const pass = this.pass(inference);
      const hidden = this.words(pass, unflat(regions), ids); // [batch · tokens, hidden]
      return wordHead(pass, 'words', tf.gather(hidden, last)); // [batch, vocabulary]
    });
    const length = config.textBuckets.at(-1)!;
    return {
      ...scorer,
      async caption(images, options = {}) {
        const captions: string[] = [];
        for (let image = 0; image * scorer.imageValues < images.length; image++) {
          const regions = images.subarray(image * scorer.imageValues, (image + 1) * scorer.imageValues);
          captions.push(tokenizer.decode(await beamSearch(nextOf(regions), { tokenizer, maxTokens: length, ...options })));
        }
        return captions;
      },
      dispose() {
        scorer.dispose();
        program.dispose();
      },
    };

    function nextOf(picture: Float32Array): (beams: readonly (readonly number[])[], rows: number) => Promise<Float32Array> {
      return async (beams, rows) => {
        const ids = new Int32Array(rows * length);
        const regions = new Float32Array(rows * picture.length);
        const last = new Int32Array(rows);
        for (let row = 0; row < rows; row++) {
          const beam = beams[Math.min(row, beams.length - 1)]!;
          ids.set(beam, row * length);
          regions.set(picture, row * picture.length);
          last[row] = row * length + beam.length - 1;
        }
        const inputs = [
          tf.tensor2d(regions, [rows, picture.length]),
          tf.tensor2d(ids, [rows, length], 'int32'),
          tf.tensor1d(last, 'int32'),
        ] as const;
        const found = program(...inputs);
        const values = (await found.data()) as Float32Array;
        tf.dispose([found, ...inputs]);
        return values;
      };
    }
  }

  dispose(): void {
    this.image.dispose();
    this.decoder.dispose();
  }

  private pass(options: ForwardOptions): ForwardPass {
    return new ForwardPass(this.decoder, options, true);
  }

  /** What the regions show and where they lie. @returns [batch, boxes, features + 5] */
  private regions(pixels: tf.Tensor4D, boxes: Boxes, options: ForwardOptions): tf.Tensor3D {
    const { model } = this.settings;
    return placeRegions(imageRegions(new ForwardPass(this.image, options, true), model, pixels, boxes), boxes, model.side);
  }

  /** The stream's rows of words. @returns [batch · tokens, hidden] */
  private words(pass: ForwardPass, regions: tf.Tensor3D, ids: tf.Tensor2D): tf.Tensor2D {
    const [batch, tokens] = ids.shape;
    const boxes = regions.shape[1];
    const { hidden } = this.bert;
    const given = splitRegions(regions);
    const isThere = attentionBias(tf.concat([tf.ones([batch, tokens]), given.mask], 1));
    const bias = tf.add(causalBias(tokens, boxes), isThere) as tf.Tensor4D; // [batch, 1, tokens + boxes, tokens + boxes]
    const stream = singleStream(pass, { ids, regions: given, bias }, this.bert);
    const words = tf.slice(tf.reshape(stream, [batch, tokens + boxes, hidden]), [0, 0, 0], [batch, tokens, hidden]);
    return tf.reshape(words, [batch * tokens, hidden]);
  }

  /** For every token but the first, what it was given those before; weights are 0 on padding. Both [batch · (tokens − 1)]. */
  private nextWords(
    regions: tf.Tensor3D,
    ids: tf.Tensor2D,
    mask: tf.Tensor2D,
    options: ForwardOptions,
  ): { logLikelihoods: tf.Tensor1D; weights: tf.Tensor1D } {
    const [batch, tokens] = ids.shape;
    const { hidden } = this.bert;
    const asked = batch * (tokens - 1);
    const pass = this.pass(options);
    const words = tf.reshape(this.words(pass, regions, ids), [batch, tokens, hidden]);
    const before = tf.reshape(tf.slice(words, [0, 0, 0], [batch, tokens - 1, hidden]), [asked, hidden]) as tf.Tensor2D;
    const next = tf.reshape(tf.slice(ids, [0, 1], [batch, tokens - 1]), [asked]);
    const logProbabilities = wordHead(pass, 'words', before); // [asked, vocabulary]
    // put together from short ranges: long ones would stand in the captured program as they are
    const rows = tf.mul(tf.expandDims(tf.range(0, batch, 1, 'int32'), 1), tf.scalar(tokens - 1, 'int32'));
    const places = tf.reshape(tf.add(rows, tf.expandDims(tf.range(0, tokens - 1, 1, 'int32'), 0)), [asked]);
    const starts = tf.mul(places, tf.scalar(logProbabilities.shape[1], 'int32'));
    const logLikelihoods = pickWords(logProbabilities, tf.add(starts, next));
    return { logLikelihoods, weights: tf.reshape(tf.slice(mask, [0, 1], [batch, tokens - 1]), [asked]) };
  }
}

/**
 * Words attend to regions and to words up to themselves, regions to regions.
 * @returns [1, 1, tokens + boxes, tokens + boxes]
 */
function causalBias(tokens: number, boxes: number): tf.Tensor4D {
  const size = tokens + boxes;
  const place = tf.range(0, size); // words, then regions
  const isRegion = tf.clipByValue(tf.sub(place, tokens - 1), 0, 1);
  const order = tf.mul(tf.add(place, 1), tf.sub(1, isRegion)); // 0 for regions, 1 2 3 … for words
  const seen = tf.clipByValue(tf.add(tf.sub(tf.expandDims(order, 1), tf.expandDims(order, 0)), 1), 0, 1); // [size, size]
  return tf.reshape(tf.mul(tf.sub(seen, 1), HIDDEN_SCORE), [1, 1, size, size]);
}
