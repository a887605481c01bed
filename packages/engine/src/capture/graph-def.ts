import type { Binding, OpAttribute } from '../node-backend.ts';
import { ProtobufWriter } from './protobuf.ts';

/** TensorFlow's DataType of bfloat16 (types.proto); the binding doesn't name it. */
const DT_BFLOAT16 = 14;
/** The operation set that the graph was written against; any number that TensorFlow 2.16 or newer knows. */
const PRODUCER = 1800;

/** Which inputs of a product may be rounded to bfloat16; its first output is. */
const PRODUCT_INPUTS: Record<string, number[]> = {
  MatMul: [0, 1],
  BatchMatMul: [0, 1],
  BatchMatMulV2: [0, 1],
  Conv2D: [0, 1],
  Conv2DBackpropInput: [1, 2],
  Conv2DBackpropFilter: [0, 2],
};

/** Operations that tfjs-node runs without the type `T`, which eager TensorFlow infers and a graph doesn't; it is that of the output. */
const INFERRED_TYPE = new Set(['ExpandDims', 'Identity']);

/** Builds a GraphDef (tensorflow/core/framework/graph.proto) node by node. */
export class GraphDefBuilder {
  #graph = new ProtobufWriter();
  #binding: Binding;
  #bfloat16: boolean;
  #nodes = 0;

  constructor(binding: Binding, options: { bfloat16: boolean }) {
    this.#binding = binding;
    this.#bfloat16 = options.bfloat16;
  }

  /** An input of the function; returns its name. */
  placeholder(dtype: number, shape?: number[]): string {
    const attributes: [string, ProtobufWriter][] = [['dtype', typeValue(dtype)]];
    if (shape !== undefined) attributes.push(['shape', new ProtobufWriter().bytes(7, shapeMessage(shape))]);
    return this.#node('Placeholder', [], attributes);
  }

  /** A constant; a uniform one is written as one value. */
  constant(shape: number[], dtype: number, values: ArrayLike<number>): string {
    const tensor = new ProtobufWriter().varint(1, dtype).bytes(2, shapeMessage(shape));
    const uniform = isUniform(values);
    const kept = uniform ? Array.prototype.slice.call(values, 0, 1) : values;
    if (values.length > 0) {
      if (uniform && dtype === this.#binding.TF_FLOAT) tensor.float(5, Number(kept[0]));
      else if (uniform && dtype === this.#binding.TF_INT32) tensor.varint(7, Number(kept[0]));
      else if (uniform && dtype === this.#binding.TF_BOOL) tensor.varint(11, Number(kept[0]));
      else tensor.bytes(4, contentOf(values));
    }
    return this.#node(
      'Const',
      [],
      [
        ['dtype', typeValue(dtype)],
        ['value', new ProtobufWriter().bytes(8, tensor)],
      ],
    );
  }

  /** A node that passes a value on. @param after nodes */
  identity(input: string, dtype: number, after: readonly string[]): string {
    return this.#node('Identity', [input, ...after.map(control)], [['T', typeValue(dtype)]]);
  }

  /** What a variable holds at some time; returns the node. @param after nodes */
  readVariable(handle: string, dtype: number, after: readonly string[]): string {
    return this.#node('ReadVariableOp', [handle, ...after.map(control)], [['dtype', typeValue(dtype)]]);
  }

  /** Lets a variable hold another value from then on; returns the node. @param after nodes */
  assignVariable(handle: string, value: string, dtype: number, after: readonly string[]): string {
    return this.#node('AssignVariableOp', [handle, value, ...after.map(control)], [['dtype', typeValue(dtype)]]);
  }

  /** An operation without outputs; returns the node. @param after nodes */
  effect(op: string, attributes: readonly OpAttribute[], inputs: string[], after: readonly string[]): string {
    const encoded = attributes.map(({ name, type, value }): [string, ProtobufWriter] => [name, attributeValue(type, value)]);
    return this.#node(op, [...inputs, ...after.map(control)], encoded);
  }

  /** An operation as it was executed; returns the names of its outputs. */
  operation(op: string, attributes: readonly OpAttribute[], inputs: string[], outputDtypes: number[]): string[] {
    const encoded = attributes.map(({ name, type, value }): [string, ProtobufWriter] => [name, attributeValue(type, value)]);
    if (INFERRED_TYPE.has(op) && !attributes.some(({ name }) => name === 'T')) encoded.push(['T', typeValue(outputDtypes[0]!)]);
    const rounded = PRODUCT_INPUTS[op];
    if (!this.#bfloat16 || rounded === undefined || outputDtypes[0] !== this.#binding.TF_FLOAT) {
      const name = this.#node(op, inputs, encoded);
      return outputDtypes.map((_, index) => `${name}:${index}`);
    }
    const casted = inputs.map((input, index) =>
      rounded.includes(index) ? this.#cast(input, this.#binding.TF_FLOAT, DT_BFLOAT16) : input,
    );
    const retyped = encoded.map(([name, value]): [string, ProtobufWriter] => [
      name,
      name === 'T' ? typeValue(DT_BFLOAT16) : value,
    ]);
    return [this.#cast(`${this.#node(op, casted, retyped)}:0`, DT_BFLOAT16, this.#binding.TF_FLOAT)];
  }

  finish(): Uint8Array {
    return this.#graph.bytes(4, new ProtobufWriter().varint(1, PRODUCER)).finish();
  }

  #cast(input: string, from: number, to: number): string {
    return `${this.#node(
      'Cast',
      [input],
      [
        ['SrcT', typeValue(from)],
        ['DstT', typeValue(to)],
      ],
    )}:0`;
  }

  #node(op: string, inputs: string[], attributes: [string, ProtobufWriter][]): string {
    const name = `n${this.#nodes++}`;
    const node = new ProtobufWriter().bytes(1, name).bytes(2, op);
    for (const input of inputs) node.bytes(3, input);
    for (const [key, value] of attributes) node.bytes(5, new ProtobufWriter().bytes(1, key).bytes(2, value));
    this.#graph.bytes(1, node);
    return name;
  }
}

/** Whether all values are the same. */
export function isUniform(values: ArrayLike<number>): boolean {
  for (let index = 1; index < values.length; index++) if (!Object.is(values[index], values[0])) return false;
  return true;
}

/** The input that only makes a node wait for another. */
const control = (node: string): string => `^${node}`;

const typeValue = (dtype: number): ProtobufWriter => new ProtobufWriter().varint(6, dtype);

function shapeMessage(shape: number[]): ProtobufWriter {
  const message = new ProtobufWriter();
  for (const size of shape) message.bytes(2, new ProtobufWriter().varint(1, size));
  return message;
}

function contentOf(values: ArrayLike<number>): Uint8Array {
  if (ArrayBuffer.isView(values)) return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  throw new Error('A constant inside a captured step is not a typed array.');
}

/** AttrValue of attr_value.proto; `type` is TF_AttrType of the C API: string, int, float, bool, type, shape. */
function attributeValue(type: number, value: unknown): ProtobufWriter {
  const write = [
    (message: ProtobufWriter, item: unknown) => message.bytes(2, String(item)),
    (message: ProtobufWriter, item: unknown) => message.varint(3, item as number),
    (message: ProtobufWriter, item: unknown) => message.float(4, item as number),
    (message: ProtobufWriter, item: unknown) => message.varint(5, item === true ? 1 : 0),
    (message: ProtobufWriter, item: unknown) => message.varint(6, item as number),
    (message: ProtobufWriter, item: unknown) => message.bytes(7, shapeMessage(item as number[])),
  ][type];
  if (write === undefined) throw new Error(`An attribute of kind ${type} can't be captured.`);
  const isList = Array.isArray(value) && (type !== 5 || Array.isArray(value[0]));
  if (!isList) return write(new ProtobufWriter(), value);
  const list = new ProtobufWriter();
  for (const item of value as unknown[]) write(list, item);
  return new ProtobufWriter().bytes(1, list);
}
