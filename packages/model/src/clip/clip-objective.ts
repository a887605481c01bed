import { tf } from '@wenlan/engine';
import type { TrainBatch } from '../batches.ts';
import { encodeImage, encodeText, type ParameterStore } from '../brivl.ts';
import { excludedKeys } from '../moco/excluded-keys.ts';
import { l2Normalize } from '../nn/l2-normalize.ts';
import { type Objective, statisticsOf, type Tower } from '../objective.ts';
import type { ObjectiveSettings } from '../create-objective.ts';
import type { Parameter } from '../optimizer/optimizer.ts';
import type { Ranker } from '../ranker.ts';
import { gatherRows } from '../ranks/gather-rows.ts';
import { dropoutSeed, pairInputs, type PairInputs, TwoTowers } from '../two-towers.ts';
import type { ClipConfig } from './clip-config.ts';
import { clipLoss } from './clip-loss.ts';
import { clipModel } from './clip-model.ts';

type Inputs = [
  ...PairInputs,
  excluded: tf.Tensor2D, // [batch, batch]
  seed: tf.Tensor1D, // int32 [2]
];

/** CLIP (Radford et al., ICML 2021) with the towers of BriVL: negatives of the batch alone, a learned temperature, nothing else. */
export class ClipObjective implements Objective {
  readonly image: ParameterStore;
  readonly text: ParameterStore;
  readonly towers: readonly Tower[];
  readonly variables: readonly Parameter[];
  readonly trained: readonly Parameter[];
  readonly statistics: readonly Parameter[];
  readonly parts: readonly string[] = ['imageToText', 'textToImage', 'temperature'];
  private readonly settings: ObjectiveSettings;
  private readonly pair: TwoTowers;

  constructor(settings: ObjectiveSettings, clip: ClipConfig) {
    this.settings = settings;
    this.pair = new TwoTowers(settings, { model: clipModel(settings.model, clip, settings.config), learnTemperature: true });
    this.image = this.pair.image;
    this.text = this.pair.text;
    this.towers = [
      { prefix: 'imgencoder', store: this.image },
      { prefix: 'textencoder', store: this.text },
    ];
    this.variables = [{ name: 'log_scale', variable: this.pair.logScale }];
    this.trained = this.pair.trained();
    this.statistics = statisticsOf(this.towers, this.pair.model.frozenLayers === 'inference');
  }

  inputs(batch: TrainBatch, step: number): Inputs {
    const { maskFalseNegatives } = this.settings.config;
    const count = batch.allPairs.length;
    const excluded = tf.tensor2d(excludedKeys(batch.allPairs, [], { maskFalseNegatives, queueCounts: false }), [count, count]);
    return [...pairInputs(batch, this.pair.model), excluded, dropoutSeed(this.settings, 'query', step)];
  }

  prepare(): tf.Tensor[] {
    return [];
  }

  loss([pixels, corners, boxMask, ids, mask, excluded, seed]: Inputs): [tf.Scalar, tf.Scalar, tf.Scalar, tf.Scalar] {
    const { model } = this.pair;
    const options = { training: true, seed };
    const ownImages = l2Normalize(encodeImage(model, this.image, pixels, options, { corners, mask: boxMask })); // [own, dim]
    const ownTexts = l2Normalize(encodeText(model, this.text, ids, mask, options)); // [own, dim]
    const [images, texts] = gatherRows(this.settings.group, [ownImages, ownTexts]); // [batch, dim]
    const scale = this.pair.scale();
    const { loss, imageToText, textToImage } = clipLoss({ images, texts, excluded }, scale);
    return [loss, imageToText, textToImage, tf.reciprocal(scale)];
  }

  update(): void {}

  advance(): void {}

  saved(): object {
    return {};
  }

  restore(): void {}

  ranker(): Ranker {
    return this.pair.ranker();
  }

  dispose(): void {
    this.pair.dispose();
  }
}
