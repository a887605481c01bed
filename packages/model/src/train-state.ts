import { tf } from '@wenlan/engine';
import type { Position } from './batches.ts';
import { type BriVLConfig, createTower, type ParameterStore } from './brivl.ts';
import { type Checkpoint, readTensor } from './checkpoint.ts';
import type { MomentumPair } from './moco/momentum.ts';
import { MocoQueues, type Provenance } from './moco/queues.ts';
import { AdamW, type Parameter } from './optimizer/adamw.ts';
import type { NamedTensor } from './tensor-file.ts';
import type { ResolvedTrainConfig } from './train-config.ts';

/** The part of a checkpoint that isn't tensors. */
export interface SavedState {
  /** The next batch. */
  position: Position;
  queue: { pointer: number; provenance: (Provenance | null)[] };
}

/** Everything that changes from step to step, and nothing else: what a checkpoint holds. */
export class TrainState {
  step = 0;
  position: Position = { epoch: 0, batch: 0 };
  readonly image: ParameterStore;
  readonly imageKey: ParameterStore;
  readonly text: ParameterStore;
  readonly textKey: ParameterStore;
  readonly queues: MocoQueues;
  /** ln(1 / temperature). */
  readonly logScale: tf.Variable<tf.Rank.R0>;
  readonly adam: AdamW;

  constructor(model: BriVLConfig, config: ResolvedTrainConfig, vocabularySize: number, seed: number) {
    this.image = createTower(model, 'image', { vocabularySize, seed });
    this.text = createTower(model, 'text', { vocabularySize, seed });
    this.imageKey = this.image.clone();
    this.textKey = this.text.clone();
    this.queues = new MocoQueues(config.queueSize, model.dim, seed);
    this.logScale = tf.tidy(() => tf.variable(tf.scalar(-Math.log(config.temperature)), config.learnTemperature));
    this.adam = new AdamW(this.trained(), config);
  }

  /** What the optimizer moves: the query towers' trainable parameters, and the temperature when it is learned. */
  trained(): Parameter[] {
    const towers = [...prefixed('imgencoder', this.image), ...prefixed('textencoder', this.text)].filter(
      ({ trainable }) => trainable,
    );
    return this.logScale.trainable ? [...towers, { name: 'log_scale', variable: this.logScale }] : towers;
  }

  /** Trained parameters of query and key towers side by side; batch-norm statistics aren't among them, a key tower keeps its own. */
  momentumPairs(): MomentumPair[] {
    const pairs = (query: ParameterStore, key: ParameterStore): MomentumPair[] =>
      query
        .entries()
        .filter(({ trainable }) => trainable)
        .map(({ name, variable }) => ({ query: variable, key: key.get(name) }));
    return [...pairs(this.image, this.imageKey), ...pairs(this.text, this.textKey)];
  }

  /** Every variable, to put a whole state aside and back. */
  variables(): tf.Variable[] {
    const towers = [this.image, this.text, this.imageKey, this.textKey].flatMap((store) => store.entries());
    return [...towers, ...this.ownVariables()].map(({ variable }) => variable);
  }

  /** Tower parameters under their names in the released state dict and in its layouts, then what the released one leaves out. */
  async tensors(): Promise<NamedTensor[]> {
    const tensors: NamedTensor[] = [];
    for (const { prefix, store } of this.towers()) {
      for (const { name, torchShape } of store.entries()) {
        tensors.push({ name: `${prefix}.${name}`, shape: torchShape, data: await store.exportTorch(name) });
      }
    }
    for (const { name, variable } of this.ownVariables()) {
      tensors.push({ name, shape: variable.shape, data: await variable.data() });
    }
    return tensors;
  }

  saved(): SavedState {
    const { position, queues } = this;
    return { position, queue: { pointer: queues.pointer, provenance: queues.provenance } };
  }

  /** @throws UserError if the checkpoint is of a model of another shape */
  async restore(checkpoint: Checkpoint<SavedState>): Promise<void> {
    const { step, state } = checkpoint;
    for (const { prefix, store } of this.towers()) await loadTower(checkpoint, prefix, store);
    for (const { name, variable } of this.ownVariables()) {
      const values = await readTensor(checkpoint, name, variable.shape);
      tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
    }
    this.step = step;
    this.position = state.position;
    this.queues.pointer = state.queue.pointer;
    this.queues.provenance.splice(0, this.queues.size, ...state.queue.provenance);
  }

  dispose(): void {
    for (const { store } of this.towers()) store.dispose();
    this.queues.dispose();
    this.adam.dispose();
    this.logScale.dispose();
  }

  private towers(): { prefix: string; store: ParameterStore }[] {
    return [
      { prefix: 'imgencoder', store: this.image },
      { prefix: 'imgencoder_mom', store: this.imageKey },
      { prefix: 'textencoder', store: this.text },
      { prefix: 'textencoder_mom', store: this.textKey },
    ];
  }

  private ownVariables(): Parameter[] {
    return [
      { name: 'img_queue', variable: this.queues.images },
      { name: 'text_queue', variable: this.queues.texts },
      { name: 'log_scale', variable: this.logScale },
      ...this.adam.variables().map(({ name, variable }) => ({ name: `optimizer.${name}`, variable })),
    ];
  }
}

/**
 * Fills a tower from a checkpoint.
 * @param prefix `imgencoder` or `textencoder`, with `_mom` for the momentum copy
 * @throws UserError if the checkpoint is of a model of another shape
 */
export async function loadTower(checkpoint: Checkpoint<unknown>, prefix: string, store: ParameterStore): Promise<void> {
  for (const { name, torchShape } of store.entries()) {
    store.importTorch(name, await readTensor(checkpoint, `${prefix}.${name}`, torchShape));
  }
}

function prefixed(prefix: string, store: ParameterStore): (Parameter & { trainable: boolean })[] {
  return store.entries().map(({ name, variable, trainable }) => ({ name: `${prefix}.${name}`, variable, trainable }));
}
