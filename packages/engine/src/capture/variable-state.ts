import type { GraphDefBuilder } from './graph-def.ts';

/**
 * A variable of a captured step while its graph is built: what it holds at this point, and which nodes have to come first. A write waits
 * for all reads of what it replaces, and a read for the write of what it reads; as TensorFlow's automatic control dependencies.
 */
export class VariableState {
  /** Node of its handle. */
  readonly handle: string;
  /** Id of the value that it holds. */
  valueId: number;
  /** Node of the last write. */
  lastWrite: string | undefined;
  readonly #builder: GraphDefBuilder;
  readonly #dtype: number;
  /** Nodes that read it since. */
  #reads: string[] = [];

  constructor(builder: GraphDefBuilder, handle: string, dtype: number, valueId: number) {
    this.#builder = builder;
    this.handle = handle;
    this.#dtype = dtype;
    this.valueId = valueId;
  }

  /**
   * The node that reads the value of this id.
   * @throws Error if it has been overwritten: a step has to read what it means to keep before that
   */
  read(id: number): string {
    if (id !== this.valueId) {
      throw new Error(
        'The step uses what a variable held before it was overwritten in place, and for the first time; use it earlier.',
      );
    }
    const node = this.#builder.readVariable(this.handle, this.#dtype, this.lastWrite === undefined ? [] : [this.lastWrite]);
    this.#reads.push(node);
    return node;
  }

  /** Nodes that the next write has to wait for. */
  beforeWrite(): string[] {
    return this.lastWrite === undefined ? this.#reads : [this.lastWrite, ...this.#reads];
  }

  written(node: string, valueId: number): void {
    this.lastWrite = node;
    this.valueId = valueId;
    this.#reads = [];
  }

  assign(value: string, valueId: number): void {
    this.written(this.#builder.assignVariable(this.handle, value, this.#dtype, this.beforeWrite()), valueId);
  }
}
