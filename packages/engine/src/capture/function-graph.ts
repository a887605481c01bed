import type { Binding } from '../node-backend.ts';
import { GraphDefBuilder, isUniform } from './graph-def.ts';
import type { Recording } from './recorder.ts';

/** More different numbers than this, made inside of a step, were most likely drawn by JavaScript and would be frozen. */
const MAX_CONSTANT_VALUES = 256;

/** The graph of a recording: tensors are named by the ids that the binding gave them. */
export class FunctionGraph {
  readonly #binding: Binding;
  readonly #recording: Recording;
  readonly #inputDtypes: Map<number, number>;
  readonly #builder: GraphDefBuilder;
  /** Tensor id to "node:output". */
  readonly #names = new Map<number, string>();
  readonly #placeholders = new Map<number, string>();

  /** @param inputDtypes ids of what may become an input of the function, with their TensorFlow types */
  constructor(binding: Binding, recording: Recording, inputDtypes: Map<number, number>, bfloat16: boolean) {
    this.#binding = binding;
    this.#recording = recording;
    this.#inputDtypes = inputDtypes;
    this.#builder = new GraphDefBuilder(binding, { bfloat16 });
    for (const op of recording.ops) {
      const inputs = op.inputIds.map((id) => this.#nameOf(id, op.name));
      const dtypes = op.outputs.map(({ dtype }) => dtype);
      const outputs = this.#builder.operation(op.name, op.attributes, inputs, dtypes);
      op.outputs.forEach(({ id }, index) => this.#names.set(id, outputs[index]!));
    }
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

  /** The output of a node; an input that is returned goes through an identity. */
  outputName(id: number): string {
    const name = this.#nameOf(id, 'a result');
    return this.#placeholders.has(id) ? `${this.#builder.identity(name, this.#inputDtypes.get(id)!)}:0` : name;
  }

  finish(): Uint8Array {
    return this.#builder.finish();
  }

  #nameOf(id: number, consumer: string): string {
    const known = this.#names.get(id);
    if (known !== undefined) return known;
    const dtype = this.#inputDtypes.get(id);
    const node = dtype === undefined ? this.#constant(id, consumer) : this.#builder.placeholder(dtype);
    if (dtype !== undefined) this.#placeholders.set(id, node);
    this.#names.set(id, `${node}:0`);
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
