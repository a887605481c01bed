import type * as tf from '@tensorflow/tfjs-core';
import { GROUP_KEY } from '../collectives/group-key.ts';
import type { Binding, NodeBackend, OpAttribute, TensorMetadata } from '../node-backend.ts';
import { type KnownTensor, OutputInference } from './output-inference.ts';

/** An operation as the step asked for it. */
export interface RecordedOp {
  name: string;
  attributes: OpAttribute[];
  inputIds: number[];
  outputs: TensorMetadata[];
  /** Of an operation that overwrites variables: which ones, and the ids of the values that they had; its outputs are those after it. */
  overwrites?: { variables: readonly tf.Variable[]; valueIds: number[] };
  /** Ids of what has to be computed before, besides the inputs. */
  afterIds?: number[];
}

/** A tensor that the step made from numbers of JavaScript. */
interface RecordedConstant {
  shape: number[];
  dtype: number;
  values: ArrayLike<number>;
}

/** Everything that one run of a step asked of the binding, in order. */
export interface Recording {
  ops: RecordedOp[];
  constants: Map<number, RecordedConstant>;
  /** Operations of a group of processes: their signatures, and the ids of the int32 scalars that are to be their keys. */
  collectives: { signature: string; keyId: number }[];
}

/** Ids of tensors that were never computed begin here; the binding's own count from 0. */
const FIRST_UNCOMPUTED_ID = 2 ** 40;

/**
 * Runs `work` while listening to the binding, without computing anything: operations put out tensors that have a shape and a type but
 * no values, so that recording takes no more memory than the weights do. They have to be disposed of before `work` ends.
 * @throws Error when the step reads a tensor's values, or makes one whose shape depends on values, which a graph can't
 */
export function record(backend: NodeBackend, work: () => void): Recording {
  const real = backend.binding;
  const recording: Recording = { ops: [], constants: new Map(), collectives: [] };
  const known = new Map<number, KnownTensor>();
  const inference = new OutputInference(real);
  let nextId = FIRST_UNCOMPUTED_ID;

  const lookUp = (id: number): KnownTensor => {
    let tensor = known.get(id);
    if (tensor === undefined) {
      const [copy] = real.executeOp('Identity', [], [id], 1); // of a tensor from outside only the binding knows the shape
      tensor = { shape: copy!.shape, dtype: copy!.dtype };
      real.deleteTensor(copy!.id);
      known.set(id, tensor);
    }
    return tensor;
  };
  const put = ({ shape, dtype }: KnownTensor): TensorMetadata => {
    const output = { shape, dtype, id: nextId++ };
    known.set(output.id, output);
    return output;
  };
  const executeOp: Binding['executeOp'] = (name, attributes, inputIds, count) => {
    const outputs = inference.infer(name, attributes, inputIds.map(lookUp), count).map(put);
    recording.ops.push({ name, attributes, inputIds, outputs });
    return outputs;
  };
  const recordUpdate: Binding['recordUpdate'] = (name, attributes, variables, valueIds, inputIds) => {
    const outputs = valueIds.map((id) => put(lookUp(id)));
    recording.ops.push({ name, attributes, inputIds, outputs, overwrites: { variables, valueIds } });
    return outputs;
  };
  const recordAfter: NonNullable<Binding['recordAfter']> = (id, otherIds) => {
    const output = put(lookUp(id));
    recording.ops.push({ name: 'Identity', attributes: [], inputIds: [id], outputs: [output], afterIds: otherIds });
    return output;
  };
  let lastCollective: number | undefined;
  const scalar = (value: number): number => {
    const id = nextId++;
    recording.constants.set(id, { shape: [], dtype: real.TF_INT32, values: Int32Array.of(value) });
    return id;
  };
  // One after the other: of two that wait for the other processes, one here and the other there, none would end.
  const recordCollective: Binding['recordCollective'] = ({ name, attributes, inputId, signature, groupSize, output }) => {
    const ready = lastCollective === undefined ? inputId : recordAfter(inputId, [lastCollective]).id;
    const keyId = nextId++;
    recording.collectives.push({ signature, keyId });
    const result = put(output);
    recording.ops.push({
      name,
      attributes,
      inputIds: [ready, scalar(groupSize), scalar(GROUP_KEY), keyId],
      outputs: [result],
    });
    lastCollective = result.id;
    return result;
  };
  const createTensor: Binding['createTensor'] = (shape, dtype, values) => {
    const id = real.createTensor(shape, dtype, values);
    recording.constants.set(id, { shape, dtype, values });
    known.set(id, { shape, dtype, values });
    return id;
  };
  const deleteTensor: Binding['deleteTensor'] = (id) => {
    if (id < FIRST_UNCOMPUTED_ID) real.deleteTensor(id);
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
    deleteTensor: { value: deleteTensor },
    tensorDataSync: { value: tensorDataSync },
    recordUpdate: { value: recordUpdate },
    recordAfter: { value: recordAfter },
    recordCollective: { value: recordCollective },
  }) as Binding;
  // tfjs hands numbers to the binding when an operation first needs them: those of a tensor from outside aren't made by the step.
  const made = new WeakSet<object>();
  const heard: Pick<NodeBackend, 'write' | 'getInputTensorIds'> = {
    write: (values, shape, dtype) => {
      const dataId = unheard.write(values, shape, dtype);
      made.add(dataId);
      return dataId;
    },
    getInputTensorIds: (tensors) =>
      tensors.map((tensor) => {
        backend.binding = made.has(tensor.dataId) ? listening : real;
        const [id] = unheard.getInputTensorIds([tensor]);
        backend.binding = listening;
        return id!;
      }),
  };
  const unheard = { write: backend.write.bind(backend), getInputTensorIds: backend.getInputTensorIds.bind(backend) };
  Object.assign(backend, heard);
  backend.binding = listening;
  try {
    work();
  } finally {
    for (const name of Object.keys(heard)) Reflect.deleteProperty(backend, name); // those of its class are there again
    backend.binding = real;
  }
  return recording;
}
