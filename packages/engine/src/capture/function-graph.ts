import type * as tf from '@tensorflow/tfjs-core';
import type { Binding } from '../node-backend.ts';
import { DT_RESOURCE } from '../variables/resource-variable.ts';
import { GraphDefBuilder, isUniform } from './graph-def.ts';
import type { RecordedOp, Recording } from './recorder.ts';
import { VariableState } from './variable-state.ts';

/** More different numbers than this, made inside of a step, were most likely drawn by JavaScript and would be frozen. */
const MAX_CONSTANT_VALUES = 256;

/** What goes in and out of a function besides constants; tensors are named by the ids that the binding gave them. */
export interface FunctionInterface {
  /** Ids of what may become an input, with their TensorFlow types. */
  inputDtypes: Map<number, number>;
  /** Variables that the step changes: they go in as resources. Their ids before and after it, and their TensorFlow type. */
  changed: { variable: tf.Variable; before: number; after: number; dtype: number }[];
}

/** The graph of a recording. */
export class FunctionGraph {
  readonly #binding: Binding;
  readonly #recording: Recording;
  readonly #inputDtypes: Map<number, number>;
  readonly #builder: GraphDefBuilder;
  readonly #states = new Map<tf.Variable, VariableState>();
  /** Of variables in resources: id of a value to what knows how to read it. */
  readonly #stateOf = new Map<number, VariableState>();
  /** Tensor id to "node:output". */
  readonly #names = new Map<number, string>();
  readonly #placeholders = new Map<number, string>();

  constructor(binding: Binding, recording: Recording, { inputDtypes, changed }: FunctionInterface, bfloat16: boolean) {
    this.#binding = binding;
    this.#recording = recording;
    this.#inputDtypes = inputDtypes;
    this.#builder = new GraphDefBuilder(binding, { bfloat16 });
    for (const { variable, before, dtype } of changed) {
      const state = new VariableState(this.#builder, this.#builder.placeholder(DT_RESOURCE), dtype, before);
      this.#states.set(variable, state);
      this.#stateOf.set(before, state);
    }
    for (const op of recording.ops) {
      if (op.overwrites === undefined) this.#compute(op);
      else this.#overwrite(op, op.overwrites);
    }
    for (const { variable, after } of changed) this.#assign(this.#states.get(variable)!, after);
  }

  /** Whether the step reads the tensor of this id as an input. */
  reads(id: number): boolean {
    return this.#placeholders.has(id);
  }

  /** The node that takes this input; it is made even where the step doesn't read it, so that the caller can always pass it. */
  inputName(id: number): string {
    this.#nameOf(id, 'an input');
    return this.#placeholders.get(id)!;
  }

  /** The node that takes the handle of a variable that the step changes. */
  handleName(variable: tf.Variable): string {
    return this.#states.get(variable)!.handle;
  }

  /**
   * A result, which is only there when every variable has its new value.
   * @param dtype its TensorFlow type
   */
  outputName(id: number, dtype: number): string {
    const written = [...this.#states.values()].flatMap(({ lastWrite }) => lastWrite ?? []);
    return `${this.#builder.identity(this.#nameOf(id, 'a result'), dtype, written)}:0`;
  }

  finish(): Uint8Array {
    return this.#builder.finish();
  }

  #compute({ name, attributes, inputIds, outputs, afterIds = [] }: RecordedOp): void {
    const inputs = inputIds.map((id) => this.#nameOf(id, name));
    if (afterIds.length > 0) {
      const after = afterIds.map((id) => this.#nameOf(id, name).split(':')[0]!);
      this.#names.set(outputs[0]!.id, `${this.#builder.identity(inputs[0]!, outputs[0]!.dtype, after)}:0`);
      return;
    }
    const dtypes = outputs.map(({ dtype }) => dtype);
    const names = this.#builder.operation(name, attributes, inputs, dtypes);
    outputs.forEach(({ id }, index) => this.#names.set(id, names[index]!));
  }

  #overwrite(
    { name, attributes, inputIds, outputs }: RecordedOp,
    { variables, valueIds }: NonNullable<RecordedOp['overwrites']>,
  ): void {
    const inputs = inputIds.map((id) => this.#nameOf(id, name));
    const states = variables.map((variable) => this.#states.get(variable)!);
    states.forEach((state, index) => this.#assign(state, valueIds[index]!));
    const handles = states.map(({ handle }) => handle);
    const node = this.#builder.effect(
      name,
      attributes,
      [...handles, ...inputs],
      states.flatMap((state) => state.beforeWrite()),
    );
    states.forEach((state, index) => {
      state.written(node, outputs[index]!.id);
      this.#stateOf.set(outputs[index]!.id, state);
    });
  }

  /** Lets the variable hold the value of this id, if it doesn't. */
  #assign(state: VariableState, id: number): void {
    if (state.valueId === id) return;
    state.assign(this.#nameOf(id, 'a variable'), id);
  }

  #nameOf(id: number, consumer: string): string {
    const known = this.#names.get(id) ?? this.#make(id, consumer);
    this.#names.set(id, known);
    return known;
  }

  #make(id: number, consumer: string): string {
    const state = this.#stateOf.get(id);
    if (state !== undefined) return `${state.read(id)}:0`;
    const dtype = this.#inputDtypes.get(id);
    if (dtype === undefined) return `${this.#constant(id, consumer)}:0`;
    const node = this.#builder.placeholder(dtype);
    this.#placeholders.set(id, node);
    return `${node}:0`;
  }

  #constant(id: number, consumer: string): string {
    const made = this.#recording.constants.get(id);
    if (made === undefined) return this.#outsideConstant(id);
    if (made.values.length > MAX_CONSTANT_VALUES && !isUniform(made.values)) {
      throw new Error(
        `The step makes ${made.values.length} different numbers in JavaScript for ${consumer}, which would be the same in every step; ` +
          'draw them by statelessUniform with a seed input, or make the tensor outside of the step.',
      );
    }
    return this.#builder.constant(made.shape, made.dtype, made.values);
  }

  /** A tensor from outside of the step that is neither an input nor a variable keeps the values that it has now. */
  #outsideConstant(id: number): string {
    const [copy] = this.#binding.executeOp('Identity', [], [id], 1);
    const { shape, dtype } = copy!;
    const values = this.#binding.tensorDataSync(copy!.id);
    this.#binding.deleteTensor(copy!.id);
    return this.#builder.constant(shape, dtype, values);
  }
}
