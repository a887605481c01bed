import { statelessDropout, tf } from '@wenlan/engine';
import { checkpoint } from './checkpoint.ts';
import type { ParameterStore } from './parameter-store.ts';

/** How a forward pass runs: training or inference, and what it may keep. */
export interface ForwardOptions {
  training: boolean;
  /** int32 [2], new in every step; needed where there is dropout. */
  seed?: tf.Tensor1D;
  /** Whether batch norm moves its running statistics. Default: in training. */
  updateStatistics?: boolean;
}

/** One run through a tower: its parameters, and what training mode means for each layer. */
export class ForwardPass {
  /** Whether batch norm moves its running statistics. */
  updateStatistics: boolean;
  private readonly store: ParameterStore;
  private readonly options: ForwardOptions;
  private readonly frozenInference: boolean;
  private dropouts = 0;

  /** @param frozenInference whether layers that aren't trained are in inference mode even in training */
  constructor(store: ParameterStore, options: ForwardOptions, frozenInference: boolean) {
    this.store = store;
    this.options = options;
    this.frozenInference = frozenInference;
    this.updateStatistics = options.updateStatistics ?? options.training;
  }

  get<T extends tf.Tensor = tf.Tensor>(name: string): T {
    return this.store.get(name) as unknown as T;
  }

  /**
   * Runs a block of layers, with or without gradient checkpointing.
   * @param name what its parameters' names begin with
   * @param others what the block takes besides and no gradient goes to
   */
  checkpoint<T extends tf.Tensor>(
    name: string,
    x: T,
    block: (x: T, others: readonly tf.Tensor[]) => T,
    others: readonly tf.Tensor[] = [],
  ): T {
    const parameters = this.options.training ? this.store.checkpointed(name) : [];
    if (parameters.length === 0) return block(x, others);
    const firstDropout = this.dropouts;
    const again = (work: () => tf.Tensor[]): tf.Tensor[] => {
      const { dropouts, updateStatistics } = this;
      this.dropouts = firstDropout; // the same masks
      this.updateStatistics = false; // they have moved already
      const gradients = work();
      this.dropouts = dropouts;
      this.updateStatistics = updateStatistics;
      return gradients;
    };
    return checkpoint({ x, others, parameters }, block, again);
  }

  /** Whether the layer that this parameter belongs to is in training mode. */
  isTraining(name: string): boolean {
    return this.options.training && (!this.frozenInference || this.store.isTrainable(name));
  }

  /** Moves a running statistic: `statistic` ← (1 − momentum) · statistic + momentum · value. */
  moveStatistic(name: string, value: tf.Tensor, momentum: number): void {
    const statistic = this.store.get(name);
    statistic.assign(tf.tidy(() => tf.add(tf.mul(statistic, 1 - momentum), tf.mul(value, momentum))));
  }

  /** Dropout with a mask of its own at every call. @param layer a parameter of the layer it belongs to */
  dropout<T extends tf.Tensor>(x: T, rate: number, layer: string): T {
    if (rate === 0 || !this.isTraining(layer)) return x;
    const { seed } = this.options;
    if (seed === undefined) throw new Error(`Dropout of ${layer}: training needs a seed`);
    const site = tf.tensor1d([0, this.dropouts++], 'int32');
    return statelessDropout(x, rate, tf.add(seed, site));
  }
}
