import { tf } from '@wenlan/engine';
import { drawInit, type Init, zeros } from './initializer.ts';
import type { Layout, ParameterSpec } from './parameter-spec.ts';

export type { Init } from './initializer.ts';
export type { Layout } from './parameter-spec.ts';

/** A parameter or a running statistic of a tower. */
export interface Entry {
  name: string;
  torchShape: number[];
  layout: Layout;
  trainable: boolean;
  /** A running statistic: not moved by the optimizer, nor by the momentum update. */
  buffer: boolean;
  /** Stands in a layer that isn't trained. */
  frozen: boolean;
  /** In TensorFlow's layout. */
  variable: tf.Variable;
}

const TO_TENSORFLOW: Record<Exclude<Layout, 'plain'>, number[]> = { conv: [2, 3, 1, 0], depthwise: [2, 3, 0, 1] };
const TO_TORCH: Record<Exclude<Layout, 'plain'>, number[]> = { conv: [3, 2, 0, 1], depthwise: [2, 3, 0, 1] };

/** The parameters of a tower, by their names in the released state dict. */
export class ParameterStore {
  /** Layers, by how their names begin, whose blocks keep their input alone for the gradient. */
  checkpoints: readonly string[] = [];
  private readonly seed: number;
  private readonly byName = new Map<string, Entry>();
  /** What another store owns. */
  private readonly borrowed = new Set<tf.Variable>();

  constructor(seed: number) {
    this.seed = seed;
  }

  /** A store of declared parameters. @param seed of their start values; without one they are zeros, since drawing takes long */
  static of(specs: Iterable<ParameterSpec>, seed?: number): ParameterStore {
    const store = new ParameterStore(seed ?? 0);
    for (const { name, torchShape, init, ...options } of specs) {
      store.add(name, torchShape, seed === undefined ? zeros : init, options);
    }
    return store;
  }

  /** Adds a parameter with start values drawn from the seed and its name. */
  add(
    name: string,
    torchShape: readonly number[],
    init: Init,
    options: Omit<ParameterSpec, 'name' | 'torchShape' | 'init'> = {},
  ): void {
    const { layout = 'plain', buffer = false, trainable = !buffer, frozen = false } = options;
    const values = drawInit(init, countOf(torchShape), this.seed, name);
    this.insert({ name, torchShape: [...torchShape], layout, trainable, buffer, frozen }, () =>
      toTensorFlow(values, torchShape, layout),
    );
  }

  /** @throws Error if there is none of that name */
  get(name: string): tf.Variable {
    return this.entry(name).variable;
  }

  /** @throws Error if there is none of that name */
  isTrainable(name: string): boolean {
    return this.entry(name).trainable;
  }

  /**
   * What gradient checkpointing makes of a block of layers.
   * @param block what its parameters' names begin with
   * @returns its trained variables where it is to be run again for its gradient, else none
   */
  checkpointed(block: string): tf.Variable[] {
    if (!this.checkpoints.some((layer) => isWithin(block, layer))) return [];
    return this.entries()
      .filter(({ name, trainable }) => trainable && isWithin(name, block))
      .map(({ variable }) => variable);
  }

  /** In the order of adding. */
  entries(): Entry[] {
    return [...this.byName.values()];
  }

  /** The values in PyTorch's layout. */
  async exportTorch(name: string): Promise<Float32Array> {
    const { variable, layout } = this.entry(name);
    if (layout === 'plain') return (await variable.data()) as Float32Array;
    const transposed = tf.transpose(variable, TO_TORCH[layout]);
    try {
      return (await transposed.data()) as Float32Array;
    } finally {
      transposed.dispose();
    }
  }

  /**
   * Takes values in PyTorch's layout.
   * @throws Error if there are more or fewer than the parameter has
   */
  importTorch(name: string, values: Float32Array): void {
    const { variable, torchShape, layout } = this.entry(name);
    if (values.length !== countOf(torchShape)) {
      throw new Error(
        `${name} has shape [${torchShape.join(', ')}], that is ${countOf(torchShape)} values, not ${values.length}`,
      );
    }
    tf.tidy(() => variable.assign(toTensorFlow(values, torchShape, layout)));
  }

  /**
   * A copy: the momentum tower of MoCo.
   * @param isShared which variables stay common to both, since nothing ever moves them; the original owns them
   */
  clone(isShared: (entry: Entry) => boolean = () => false): ParameterStore {
    const copy = new ParameterStore(this.seed);
    for (const entry of this.entries()) {
      const { variable, ...declared } = entry;
      if (isShared(entry)) {
        copy.byName.set(entry.name, entry);
        copy.borrowed.add(variable);
      } else {
        copy.insert(declared, () => tf.tensor(variable.dataSync().slice(), variable.shape));
      }
    }
    return copy;
  }

  /** Frees all parameters. */
  dispose(): void {
    for (const { variable } of this.entries()) if (!this.borrowed.has(variable)) variable.dispose();
    this.byName.clear();
  }

  private entry(name: string): Entry {
    const entry = this.byName.get(name);
    if (entry === undefined) throw new Error(`The tower has no parameter ${name}`);
    return entry;
  }

  private insert(entry: Omit<Entry, 'variable'>, values: () => tf.Tensor): void {
    if (this.byName.has(entry.name)) throw new Error(`The tower has a parameter ${entry.name} already`);
    const variable = tf.tidy(() => tf.variable(values(), entry.trainable));
    this.byName.set(entry.name, { ...entry, variable });
  }
}

/** Whether a name is that of a layer or of something in it. */
export function isWithin(name: string, layer: string): boolean {
  return name === layer || name.startsWith(`${layer}.`);
}

function countOf(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

function toTensorFlow(values: Float32Array, torchShape: readonly number[], layout: Layout): tf.Tensor {
  const tensor = tf.tensor(values, [...torchShape], 'float32');
  return layout === 'plain' ? tensor : tf.transpose(tensor, TO_TENSORFLOW[layout]);
}
