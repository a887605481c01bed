import type { Binding, OpAttribute, TensorMetadata } from '../node-backend.ts';
import { GraphDefBuilder } from './graph-def.ts';

/** What is known of an operation's input before the step has run. */
export interface KnownTensor {
  shape: number[];
  dtype: number;
  /** Of a constant: where it is a shape or an axis, the output's shape depends on it. */
  values?: ArrayLike<number>;
}

/** Shapes and axes are no longer than this; a longer constant decides no output's shape. */
const MAX_DECIDING_VALUES = 64;

type Outputs = Omit<TensorMetadata, 'id'>[];

/** What was asked before: the operations of a network come again and again with the same shapes, in one program and in the next. */
const answers = new WeakMap<object, Map<string, Outputs>>();

/** Asks TensorFlow for the shapes and types that an operation would put out, without running it. */
export class OutputInference {
  readonly #binding: Binding;
  readonly #known: Map<string, Outputs>;

  constructor(binding: Binding) {
    this.#binding = binding;
    this.#known = answers.get(binding) ?? new Map<string, Outputs>();
    answers.set(binding, this.#known);
  }

  /** @throws Error where an output's shape depends on what the step computes */
  infer(op: string, attributes: readonly OpAttribute[], inputs: readonly KnownTensor[], outputs: number): Outputs {
    const deciding = inputs.map(decidingPart);
    const key = JSON.stringify([op, attributes, deciding, outputs]);
    let inferred = this.#known.get(key);
    if (inferred === undefined) {
      inferred = this.#ask(op, attributes, inputs, deciding, outputs);
      this.#known.set(key, inferred);
    }
    return inferred.map(({ shape, dtype }) => ({ shape: [...shape], dtype }));
  }

  #ask(
    op: string,
    attributes: readonly OpAttribute[],
    inputs: readonly KnownTensor[],
    deciding: readonly DecidingPart[],
    outputs: number,
  ): Outputs {
    const builder = new GraphDefBuilder(this.#binding, { bfloat16: false });
    const names = inputs.map(({ shape, dtype, values }, index) => {
      const node = deciding[index]![2] === null ? builder.placeholder(dtype, shape) : builder.constant(shape, dtype, values!);
      return `${node}:0`;
    });
    // An output's type is only read where tfjs-node leaves the type of its input out, and there it is the input's.
    const types = Array.from({ length: outputs }, () => inputs[0]?.dtype ?? this.#binding.TF_FLOAT);
    const made = builder.operation(op, attributes, names, types);
    const inferred = this.#binding.inferOutputs!(builder.finish(), made);
    // FusedBatchNormV3 has a last output for its gradient alone, whose size only the kernel knows.
    if (inferred[0]!.shape.includes(-1)) {
      throw new Error(
        `The shape of what ${op} puts out depends on values, which a captured step can't have; do it outside of the step.`,
      );
    }
    return inferred;
  }
}

/** Shape, type and, where they may decide an output's shape, values. */
type DecidingPart = [shape: number[], dtype: number, values: number[] | null];

function decidingPart({ shape, dtype, values }: KnownTensor): DecidingPart {
  const decides = values !== undefined && shape.length <= 2 && values.length <= MAX_DECIDING_VALUES;
  return [shape, dtype, decides ? Array.from(values) : null];
}
