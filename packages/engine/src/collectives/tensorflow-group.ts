import * as tf from '@tensorflow/tfjs-core';
import type { Binding, NodeBackend, OpAttribute, TensorMetadata } from '../node-backend.ts';
import { GROUP_KEY } from './group-key.ts';
import type { Group } from './group.ts';
import type { Membership } from './membership.ts';

/** TensorFlow's DataType of bfloat16 (types.proto); the binding doesn't name it. */
const DT_BFLOAT16 = 14;
/** Ranks that all answer and still wait for each other so long wait in different places. */
const DEADLOCK_SECONDS = 1800;
/** Bytes of all ranks that are no longer take one exchange instead of two. */
const FIRST_BYTES = 1020;
const FIRST_WORDS = FIRST_BYTES / 4;

/** A group over TensorFlow's distributed runtime: a ring over gRPC on CPUs, NCCL on GPUs. */
export class TensorFlowGroup implements Group {
  readonly rank: number;
  readonly size: number;
  readonly #backend: NodeBackend;
  readonly #member: Membership;

  constructor(backend: NodeBackend, member: Membership) {
    this.rank = member.rank;
    this.size = member.size;
    this.#backend = backend;
    this.#member = member;
  }

  gather<T extends tf.Tensor>(tensor: T): T {
    if (tensor.rank === 0) throw new Error('A scalar has no rows to gather; reshape it to [1].');
    const [batch, ...rest] = tensor.shape as [number, ...number[]];
    const gathered = tf.customGrad((x) => ({
      value: this.#gatherRows(x as tf.Tensor),
      gradFunc: (dy: tf.Tensor) => {
        const begin = [this.rank * batch, ...rest.map(() => 0)];
        return tf.mul(tf.slice(dy, begin, tensor.shape), this.size);
      },
    }));
    return gathered(tensor) as T;
  }

  mean(tensors: readonly tf.Tensor[], { bfloat16 = false }: { bfloat16?: boolean } = {}): tf.Tensor[] {
    return tf.tidy(() => {
      const flat = tf.concat1d(tensors.map((tensor) => tf.reshape<tf.Rank.R1>(tensor, [tensor.size])));
      const mean = bfloat16 ? this.#roundedMean(flat) : this.#meanOf(flat);
      let begin = 0;
      return tensors.map(({ size, shape }) => {
        const part = tf.reshape(tf.slice(mean, [begin], [size]), shape);
        begin += size;
        return part;
      });
    });
  }

  async broadcast(tensors: readonly tf.Tensor[]): Promise<tf.Tensor[]> {
    const received: tf.Tensor[] = [];
    for (const tensor of tensors) received.push(await this.#broadcastOne(tensor));
    return received;
  }

  async gatherBytes(bytes: Uint8Array): Promise<Uint8Array[]> {
    const firsts = await this.#gatherBlocks(bytes.subarray(0, FIRST_BYTES), FIRST_WORDS, bytes.length);
    const most = Math.max(...firsts.map(({ length }) => length));
    if (most <= FIRST_BYTES) return firsts.map(({ block, length }) => block.slice(0, length));
    const words = 2 ** Math.ceil(Math.log2(most / 4 + 1)); // few different numbers, for each of which TensorFlow keeps a key
    const wholes = await this.#gatherBlocks(bytes, words, bytes.length);
    return wholes.map(({ block, length }) => block.slice(0, length));
  }

  async barrier(): Promise<void> {
    await this.#gatherWords(new Int32Array(1));
  }

  leave(): Promise<void> {
    return this.#member.leave();
  }

  get #binding(): Binding {
    return this.#backend.binding;
  }

  /** @param x [batch, …] @returns [size · batch, …] */
  #gatherRows(x: tf.Tensor): tf.Tensor {
    const [inputId] = this.#backend.getInputTensorIds([x]);
    const { dtype } = this.#backend.tensorMap.get(x.dataId);
    const [batch, ...rest] = x.shape as [number, ...number[]];
    const output = { shape: [batch * this.size, ...rest], dtype };
    const attributes = this.#attributes(dtype);
    return this.#backend.createOutputTensor(this.#collective('CollectiveGatherV2', attributes, inputId!, output));
  }

  /** @param flat float32 [values] */
  #meanOf(flat: tf.Tensor1D): tf.Tensor1D {
    const { TF_FLOAT } = this.#binding;
    const [inputId] = this.#backend.getInputTensorIds([flat]);
    const output = { shape: flat.shape, dtype: TF_FLOAT };
    const attributes = this.#reduction(TF_FLOAT, 'Div');
    return this.#backend.createOutputTensor(this.#collective('CollectiveReduceV2', attributes, inputId!, output)) as tf.Tensor1D;
  }

  /** The sum travels as bfloat16, which tfjs has no tensors of; the division is float32. @param flat float32 [values] */
  #roundedMean(flat: tf.Tensor1D): tf.Tensor1D {
    const binding = this.#binding;
    const { TF_FLOAT } = binding;
    const [inputId] = this.#backend.getInputTensorIds([flat]);
    const rounded = this.#cast(inputId!, TF_FLOAT, DT_BFLOAT16);
    const output = { shape: flat.shape, dtype: DT_BFLOAT16 };
    const { id } = this.#collective('CollectiveReduceV2', this.#reduction(DT_BFLOAT16, 'Id'), rounded.id, output);
    const sum = this.#backend.createOutputTensor(this.#cast(id, DT_BFLOAT16, TF_FLOAT));
    binding.deleteTensor(rounded.id);
    binding.deleteTensor(id);
    return tf.div(sum, this.size);
  }

  #cast(id: number, from: number, to: number): TensorMetadata {
    const attributes = [this.#type('SrcT', from), this.#type('DstT', to)];
    return this.#binding.executeOp('Cast', attributes, [id], 1)[0]!;
  }

  async #broadcastOne(tensor: tf.Tensor): Promise<tf.Tensor> {
    const [inputId] = this.#backend.getInputTensorIds([tensor]);
    const { dtype } = this.#backend.tensorMap.get(tensor.dataId);
    const attributes = this.#attributes(dtype);
    const signature = `broadcast ${dtype} ${tensor.shape.join(' ')}`;
    if (this.rank === 0) {
      return this.#executeAsync('CollectiveBcastSendV2', attributes, signature, (keys) => [inputId!, ...keys]);
    }
    const shapeTensor = tf.tensor1d(tensor.shape, 'int32');
    const [shapeId] = this.#backend.getInputTensorIds([shapeTensor]);
    const typed = [...attributes, this.#type('Tshape', this.#binding.TF_INT32)];
    try {
      return await this.#executeAsync('CollectiveBcastRecvV2', typed, signature, (keys) => [...keys, shapeId!]);
    } finally {
      shapeTensor.dispose();
    }
  }

  /** What all ranks give, padded to as many words, each behind the `length` that its rank says. */
  async #gatherBlocks(bytes: Uint8Array, words: number, length: number): Promise<{ length: number; block: Uint8Array }[]> {
    const own = new Int32Array(1 + words);
    own[0] = length;
    new Uint8Array(own.buffer, 4).set(bytes);
    const all = await this.#gatherWords(own);
    return Array.from({ length: this.size }, (_, rank) => {
      const begin = rank * own.length;
      return { length: all[begin]!, block: new Uint8Array(all.buffer, all.byteOffset + 4 * (begin + 1), 4 * words) };
    });
  }

  /** @param words as many on all ranks */
  async #gatherWords(words: Int32Array): Promise<Int32Array> {
    const binding = this.#binding;
    const id = binding.createTensor([words.length], binding.TF_INT32, words);
    const attributes = this.#attributes(binding.TF_INT32);
    const signature = `CollectiveGatherV2 ${binding.TF_INT32} ${words.length * this.size}`;
    try {
      const all = await this.#executeAsync('CollectiveGatherV2', attributes, signature, (keys) => [id, ...keys]);
      const values = all.dataSync() as Int32Array;
      all.dispose();
      return values;
    } finally {
      binding.deleteTensor(id);
    }
  }

  /** Runs an operation with one input now, or notes it for the step that is being recorded. */
  #collective(name: string, attributes: OpAttribute[], inputId: number, output: Omit<TensorMetadata, 'id'>): TensorMetadata {
    const binding = this.#binding;
    const signature = `${name} ${output.dtype} ${output.shape.join(' ')}`;
    if (binding.recordCollective !== undefined) {
      return binding.recordCollective({ name, attributes, inputId, signature, groupSize: this.size, output });
    }
    const keys = this.#keys(signature);
    try {
      return this.#member.together(() => binding.executeOp(name, attributes, [inputId, ...keys], 1))[0]!;
    } finally {
      for (const key of keys) binding.deleteTensor(key);
    }
  }

  async #executeAsync(
    name: string,
    attributes: OpAttribute[],
    signature: string,
    inputs: (keys: number[]) => number[],
  ): Promise<tf.Tensor> {
    const binding = this.#binding;
    const keys = this.#keys(signature);
    try {
      const execute = (): Promise<TensorMetadata[]> => binding.executeOpAsync!(name, attributes, inputs(keys), 1);
      const [metadata] = await this.#member.togetherAsync(execute);
      return this.#backend.createOutputTensor(metadata!);
    } finally {
      for (const key of keys) binding.deleteTensor(key);
    }
  }

  /** Ids of the size, the group's key and the key of this one operation. */
  #keys(signature: string): number[] {
    const binding = this.#binding;
    return [this.size, GROUP_KEY, this.#member.keyOf(signature)].map((value) =>
      binding.createTensor([], binding.TF_INT32, Int32Array.of(value)),
    );
  }

  #attributes(dtype: number): OpAttribute[] {
    const { TF_ATTR_STRING } = this.#binding;
    const hint = this.#binding.isUsingGpuDevice() ? 'nccl' : 'auto';
    return [
      this.#type('T', dtype),
      { name: 'communication_hint', type: TF_ATTR_STRING, value: hint },
      { name: 'timeout_seconds', type: TF_ATTR_FLOAT, value: DEADLOCK_SECONDS },
    ];
  }

  #reduction(dtype: number, finalOp: 'Id' | 'Div'): OpAttribute[] {
    const { TF_ATTR_INT, TF_ATTR_STRING } = this.#binding;
    return [
      ...this.#attributes(dtype),
      { name: 'merge_op', type: TF_ATTR_STRING, value: 'Add' },
      { name: 'final_op', type: TF_ATTR_STRING, value: finalOp },
      { name: 'Nordering_token', type: TF_ATTR_INT, value: 0 },
    ];
  }

  #type(name: string, value: number): OpAttribute {
    return { name, type: this.#binding.TF_ATTR_TYPE, value };
  }
}

/** TF_AttrType of the C API; the binding doesn't name it. */
const TF_ATTR_FLOAT = 2;
