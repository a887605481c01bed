import * as tf from '@tensorflow/tfjs-core';
import type { NodeBackend, OpAttribute, TensorData } from '../node-backend.ts';

/** TensorFlow's DataType of a handle (types.proto). */
export const DT_RESOURCE = 20;

const resources = new WeakMap<tf.Variable, ResourceVariable>();
let handlesMade = 0;

/**
 * The value of a `tf.Variable`, held in a resource of TensorFlow, where operations overwrite it instead of making another: old and new
 * weights never coexist. To everybody else the variable is what it was: it is read when somebody looks, and may be assigned to.
 */
export class ResourceVariable {
  /** Id of the tensor that is the resource's handle. */
  readonly handle: number;
  readonly #backend: NodeBackend;
  readonly #variable: tf.Variable;
  readonly #dtype: OpAttribute;
  #dataId: object | undefined;
  #data: ResourceData | undefined;

  private constructor(backend: NodeBackend, variable: tf.Variable) {
    const { binding } = backend;
    this.#backend = backend;
    this.#variable = variable;
    this.#dtype = { name: 'dtype', type: binding.TF_ATTR_TYPE, value: backend.tensorMap.get(variable.dataId).dtype };
    const attributes: OpAttribute[] = [
      this.#dtype,
      { name: 'shape', type: binding.TF_ATTR_SHAPE, value: variable.shape },
      { name: 'shared_name', type: binding.TF_ATTR_STRING, value: `wenlan_${process.pid}_${handlesMade++}` },
    ];
    this.handle = binding.executeOp('VarHandleOp', attributes, [], 1)[0]!.id;
    // tfjs knows nothing of resources, so the end of the variable has to be noticed here
    const dispose = variable.dispose.bind(variable);
    variable.dispose = () => {
      if (variable.isDisposed) return;
      if (this.#data!.refCount > 1) void this.#data!.id; // others still have it: read while it can be
      dispose();
      binding.executeOp('DestroyResourceOp', [], [this.handle], 0);
      binding.deleteTensor(this.handle);
    };
  }

  /** The resource of a variable; its value moves there first if it lies elsewhere. */
  static of(backend: NodeBackend, variable: tf.Variable): ResourceVariable {
    let resource = resources.get(variable);
    if (resource === undefined) {
      resource = new ResourceVariable(backend, variable);
      resources.set(variable, resource);
    }
    if (variable.dataId !== resource.#dataId) resource.#takeOver();
    return resource;
  }

  /** To be called before each write: those who share the present value keep it, and nobody else holds on to it. */
  prepareWrite(): void {
    if (this.#data!.refCount > 1) {
      void this.#data!.id; // read now, before it is overwritten
      this.#show();
    }
    this.#data!.forget();
  }

  #takeOver(): void {
    const [value] = this.#backend.getInputTensorIds([this.#variable]);
    this.#backend.binding.executeOp('AssignVariableOp', [this.#dtype], [this.handle, value!], 0);
    this.#show();
  }

  /** Makes the variable show what the resource holds. */
  #show(): void {
    const backend = this.#backend;
    const { shape, dtype } = this.#variable;
    this.#dataId = {};
    this.#data = new ResourceData(
      shape,
      this.#dtype.value as number,
      () => backend.binding.executeOp('ReadVariableOp', [this.#dtype], [this.handle], 1)[0]!.id,
      (id) => backend.binding.deleteTensor(id),
    );
    backend.tensorMap.set(this.#dataId, this.#data);
    const tensor = tf.engine().makeTensorFromTensorInfo({ dataId: this.#dataId, shape, dtype });
    this.#variable.assign(tensor);
    tensor.dispose();
  }
}

/** What tfjs-node keeps of a tensor; this one is read from its resource when its id is asked for. Reading copies nothing. */
class ResourceData implements TensorData {
  readonly shape: number[];
  readonly dtype: number;
  readonly values = null;
  refCount = 1;
  readonly #read: () => number;
  readonly #delete: (id: number) => void;
  #id: number | undefined;

  constructor(shape: number[], dtype: number, read: () => number, remove: (id: number) => void) {
    this.shape = shape;
    this.dtype = dtype;
    this.#read = read;
    this.#delete = remove;
  }

  get id(): number {
    this.#id ??= this.#read();
    return this.#id;
  }

  /** Lets go of what was read. */
  forget(): void {
    if (this.#id !== undefined) this.#delete(this.#id);
    this.#id = undefined;
  }
}
