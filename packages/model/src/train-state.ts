import { tf } from '@wenlan/engine';
import type { Position } from './batches.ts';
import type { ParameterStore } from './brivl.ts';
import { type Checkpoint, readTensor } from './checkpoint.ts';
import type { Objective } from './objective.ts';
import { createOptimizer, type Optimizer, type OptimizerConfig, type Parameter } from './optimizer/optimizer.ts';
import type { NamedTensor } from './tensor-file.ts';

/** The part of a checkpoint that isn't tensors: the next batch, and what the objective adds. */
export interface SavedState {
  position: Position;
}

/** Everything that changes from step to step, and nothing else: what a checkpoint holds. */
export class TrainState {
  step = 0;
  position: Position = { epoch: 0, batch: 0 };
  readonly objective: Objective;
  readonly optimizer: Optimizer;

  constructor(objective: Objective, config: OptimizerConfig) {
    this.objective = objective;
    this.optimizer = createOptimizer(objective.trained, config);
  }

  /** Every variable, to put a whole state aside and back. */
  variables(): tf.Variable[] {
    const towers = this.objective.towers.flatMap(({ store }) => store.entries());
    return [...towers, ...this.ownVariables()].map(({ variable }) => variable);
  }

  /** Tower parameters under their names in the released state dict and in its layouts, then what the released one leaves out. */
  async tensors(): Promise<NamedTensor[]> {
    const tensors: NamedTensor[] = [];
    for (const { prefix, store } of this.objective.towers) {
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
    return { position: this.position, ...this.objective.saved() };
  }

  /** @throws UserError if the checkpoint is of a model of another shape */
  async restore(checkpoint: Checkpoint<SavedState>): Promise<void> {
    const { step, state } = checkpoint;
    for (const { prefix, store } of this.objective.towers) await loadTower(checkpoint, prefix, store);
    for (const { name, variable } of this.ownVariables()) {
      const values = await readTensor(checkpoint, name, variable.shape);
      tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
    }
    this.resume(step, state);
  }

  /** Takes up the part of a state that isn't tensors. @param step how many have been taken */
  resume(step: number, saved: SavedState): void {
    this.step = step;
    this.position = saved.position;
    this.objective.restore(saved);
  }

  dispose(): void {
    this.objective.dispose();
    this.optimizer.dispose();
  }

  private ownVariables(): Parameter[] {
    return [
      ...this.objective.variables,
      ...this.optimizer.variables().map(({ name, variable }) => ({ name: `optimizer.${name}`, variable })),
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
