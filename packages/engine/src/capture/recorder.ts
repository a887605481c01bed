import type { Binding, NodeBackend, OpAttribute, TensorMetadata } from '../node-backend.ts';

/** An operation as the binding executed it. */
interface RecordedOp {
  name: string;
  attributes: OpAttribute[];
  inputIds: number[];
  outputs: TensorMetadata[];
}

/** A tensor that the step made from numbers of JavaScript. */
interface RecordedConstant {
  shape: number[];
  dtype: number;
  values: ArrayLike<number>;
}

/** Everything that one eager run of a step asked of the binding, in order. */
export interface Recording {
  ops: RecordedOp[];
  constants: Map<number, RecordedConstant>;
}

/**
 * Runs `work` eagerly while listening to the binding.
 * @throws Error when the step reads a tensor's values, which a graph can't
 */
export function record(backend: NodeBackend, work: () => void): Recording {
  const real = backend.binding;
  const recording: Recording = { ops: [], constants: new Map() };
  const executeOp: Binding['executeOp'] = (name, attributes, inputIds, outputs) => {
    const metadata = real.executeOp(name, attributes, inputIds, outputs);
    recording.ops.push({ name, attributes, inputIds, outputs: metadata });
    return metadata;
  };
  const createTensor: Binding['createTensor'] = (shape, dtype, values) => {
    const id = real.createTensor(shape, dtype, values);
    recording.constants.set(id, { shape, dtype, values });
    return id;
  };
  const tensorDataSync: Binding['tensorDataSync'] = () => {
    const last = recording.ops.at(-1)?.name ?? 'its start';
    throw new Error(
      `The step reads the values of a tensor after ${last}, which a captured step can't; return the tensor and read it outside.`,
    );
  };
  // The native module's own properties are read-only, so they are shadowed rather than assigned.
  const listening = Object.create(real, {
    executeOp: { value: executeOp },
    createTensor: { value: createTensor },
    tensorDataSync: { value: tensorDataSync },
  }) as Binding;
  backend.binding = listening;
  try {
    work();
  } finally {
    backend.binding = real;
  }
  return recording;
}
