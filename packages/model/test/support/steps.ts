import { ALONE, type Group } from '@wenlan/engine';
import { createObjective } from '../../src/create-objective.ts';
import type { TrainBatch } from '../../src/batches.ts';
import { resolveModel } from '../../src/presets/resolve-model.ts';
import { setGradientCheckpointing } from '../../src/gradient-checkpointing.ts';
import type { Objective } from '../../src/objective.ts';
import { Tokenizer } from '../../src/tokenizer.ts';
import { parseTrainConfig } from '../../src/parse-train-config.ts';
import type { TrainConfig } from '../../src/train-config.ts';
import { TrainState } from '../../src/train-state.ts';
import { createTrainStep, type StepLosses, type TrainStep } from '../../src/train-step.ts';
import { MICRO } from './micro.ts';

const WORDS = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', ...'红橙黄绿青蓝紫灰方块横竖条棋盘'];

/** Training steps on made-up batches, without a dataset or a folder. */
export interface Steps {
  objective: Objective;
  state: TrainState;
  step: TrainStep;
  /** Takes so many steps. @returns what each reported */
  take(steps: number): Promise<StepLosses[]>;
  dispose(): void;
}

/**
 * @param settings `model` overrides MICRO; its dropouts are as given there
 * @param group of which this process takes its share of each batch
 */
export function steps(settings: TrainConfig, group: Group = ALONE): Steps {
  const config = parseTrainConfig({
    batchSize: 4,
    queueSize: 8,
    queueWarmupSteps: 0,
    ...settings,
    model: settings.model ?? MICRO,
  });
  const model = resolveModel(config.model);
  const tokenizer = Tokenizer.fromVocabulary(WORDS);
  const objective = createObjective({ model, config, tokenizer, seed: 3, group });
  setGradientCheckpointing(objective.towers, config.gradientCheckpointing ?? false);
  const state = new TrainState(objective, config);
  const step = createTrainStep(state, config, group);
  return {
    objective,
    state,
    step,
    async take(count) {
      const reports: StepLosses[] = [];
      for (let index = 0; index < count; index++) {
        const batch = shareOf(batchOf(state.step, config.batchSize, model.side, tokenizer), group);
        reports.push(await step.take(batch, config.learningRate));
        state.step++;
      }
      return reports;
    },
    dispose() {
      step.dispose();
      state.dispose();
    },
  };
}

/** A batch that depends on its number alone: stripes of eight colours, and texts that tell them apart. */
function batchOf(number: number, count: number, side: number, tokenizer: Tokenizer): TrainBatch {
  const kinds = Array.from({ length: count }, (_, row) => (number * 5 + row * 3) % 8);
  const pixels = Float32Array.from({ length: count * side * side * 3 }, (_, index) => {
    const kind = kinds[Math.floor(index / (side * side * 3))]!;
    const [x, channel] = [Math.floor(index / 3) % side, index % 3];
    return (((kind >> channel) & 1) * 0.6 + (x % (kind + 2)) / (kind + 2) + number * 0.01) / 2;
  });
  const pairs = kinds.map((kind, row) => ({ id: `${number}-${row}`, text: `${WORDS[5 + kind]!}${WORDS[13 + (number % 7)]!}` }));
  const texts = tokenizer.encodeBatch(
    pairs.map(({ text }) => text),
    [8],
  );
  // every third picture has boxes, some one, some two
  const boxes = kinds.map((kind, row) =>
    row % 3 === 1 ? Float32Array.from([0, 0, 8, 8, 2, 4, 12, 14].slice(0, 4 + 4 * (kind % 2))) : null,
  );
  return { position: { epoch: 0, batch: number }, pixels, boxes, texts, pairs, allPairs: pairs, skipped: [] };
}

/** The rows of a batch that a rank of the group is to have. */
function shareOf(batch: TrainBatch, { rank, size }: Group): TrainBatch {
  const { pixels, boxes, texts, pairs } = batch;
  const own = <T extends { slice(start: number, end: number): T; readonly length: number }>(rows: T): T =>
    rows.slice((rank * rows.length) / size, ((rank + 1) * rows.length) / size);
  const count = pairs.length / size;
  return {
    ...batch,
    pixels: own(pixels),
    boxes: own(boxes),
    texts: { ...texts, ids: own(texts.ids), mask: own(texts.mask), count },
    pairs: own(pairs),
  };
}
