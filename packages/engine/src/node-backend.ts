import type * as tf from '@tensorflow/tfjs-core';

/** What the binding says of a tensor that an operation put out. */
export interface TensorMetadata {
  id: number;
  shape: number[];
  dtype: number;
}

/** An attribute of an operation; `type` is one of the binding's TF_ATTR numbers. */
export interface OpAttribute {
  name: string;
  type: number;
  value: unknown;
}

/** An operation that all processes of a group run together, each on its own input, and the shape and type of what comes out. */
export interface CollectiveOperation {
  name: string;
  attributes: OpAttribute[];
  inputId: number;
  /** What tells it from other operations; those that are equal in it run one after another. */
  signature: string;
  groupSize: number;
  output: Omit<TensorMetadata, 'id'>;
}

/** What the backend keeps of a tensor's values. */
export interface TensorData {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
  refCount: number;
}

/** The native module tfjs_binding.node; the methods that may be missing are of our patch, or there while a step is recorded. */
export interface Binding {
  executeOp(name: string, attributes: OpAttribute[], inputIds: number[], outputs: number): TensorMetadata[];
  createTensor(shape: number[], dtype: number, values: ArrayLike<number>): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array;
  isUsingGpuDevice(): boolean;
  /** Version of TensorFlow, as `2.21.0`. */
  TF_Version: string;
  TF_FLOAT: number;
  TF_INT32: number;
  TF_BOOL: number;
  TF_ATTR_INT: number;
  TF_ATTR_TYPE: number;
  TF_ATTR_STRING: number;
  TF_ATTR_SHAPE: number;
  addFunction?(name: string, graph: Uint8Array, inputs: string[], outputs: string[]): void;
  removeFunction?(name: string): void;
  /** Shapes and types of outputs ("node:index") of a GraphDef; a size that isn't known beforehand is -1. */
  inferOutputs?(graph: Uint8Array, outputs: string[]): Omit<TensorMetadata, 'id'>[];
  /** As {@link executeOp}, on another thread; the inputs may be deleted meanwhile. */
  executeOpAsync?(name: string, attributes: OpAttribute[], inputIds: number[], outputs: number): Promise<TensorMetadata[]>;
  /** Starts the server of a ServerDef: from then on collective operations meet those of other processes. */
  enableCollectives?(serverDef: Uint8Array): void;
  /** Lets the collective operations in flight, and all later ones, fail with this message. */
  abortCollectives?(message: string): void;
  /** What is wrong with the process of this task; an empty string if it answers in time. */
  checkPeer?(task: string, timeoutMillis: number): Promise<string>;
  /** While recording: notes an operation that overwrites variables; returns their values after it. */
  recordUpdate?(
    name: string,
    attributes: OpAttribute[],
    variables: readonly tf.Variable[],
    valueIds: number[],
    inputIds: number[],
  ): TensorMetadata[];
  /** While recording: notes that a tensor passes on only once others are computed. */
  recordAfter?(id: number, otherIds: number[]): TensorMetadata;
  /** While recording: notes an operation that all processes of a group run together; it waits for those noted before. */
  recordCollective?(operation: CollectiveOperation): TensorMetadata;
}

/** The parts of tfjs-node 4.22's backend that {@link capture} works with; they are internal there, so the version is pinned. */
export interface NodeBackend extends tf.KernelBackend {
  binding: Binding;
  tensorMap: { get(dataId: object): TensorData; set(dataId: object, data: TensorData): void };
  getInputTensorIds(tensors: tf.TensorInfo[]): number[];
  createOutputTensor(metadata: TensorMetadata): tf.Tensor;
  executeSingleOutput(name: string, attributes: OpAttribute[], inputs: tf.TensorInfo[]): tf.Tensor;
}
