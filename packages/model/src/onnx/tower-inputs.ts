import { UserError } from '@wenlan/shards';
import type { InferenceSession } from 'onnxruntime-node';
import type { OnnxTower, TowerInput } from './onnx-tower.ts';

type TensorMetadata = InferenceSession.TensorValueMetadata;

/** What an input of a text tower takes: the ids of tokens, 1 where there are any, or to which of two texts they belong. */
export type TextRole = 'ids' | 'mask' | 'types';

/** An input of a text tower, of int32 or int64. */
export interface TextInput {
  name: string;
  role: TextRole;
  is64: boolean;
}

/**
 * The one input of an image tower.
 * @throws UserError ONNX_INPUT, ONNX_SHAPE
 */
export function imageInput({ file, inputs }: OnnxTower, side: number): string {
  const [input] = inputs;
  if (input === undefined || inputs.length > 1 || input.type !== 'float32' || input.shape.length !== 4) {
    throw new UserError(
      'ONNX_INPUT',
      `The image model ${file} takes ${described(inputs)} instead of pictures alone, [batch, 3, side, side] in float32; export the image tower by itself.`,
    );
  }
  checkShape(file, input, [3, side, side], 'image.side');
  return input.name;
}

/**
 * The inputs of a text tower, told apart by their names: *mask*, *type* (or *segment*), and ids, whatever they are called.
 * @throws UserError ONNX_INPUT, ONNX_SHAPE
 */
export function textInputs({ file, inputs }: OnnxTower, tokens: number): TextInput[] {
  const named = inputs.map(({ name, type }) => ({ name, role: roleOf(name), is64: type === 'int64' }));
  const isText = inputs.every(({ type, shape }) => (type === 'int32' || type === 'int64') && shape.length === 2);
  const roles = new Set(named.map(({ role }) => role));
  if (!isText || !roles.has('ids') || roles.size < named.length) {
    throw new UserError(
      'ONNX_INPUT',
      `The text model ${file} takes ${described(inputs)} instead of one input of ids, with at most one *mask* and one *type* beside it, each [batch, tokens] in int32 or int64; export the text tower by itself.`,
    );
  }
  for (const input of inputs) checkShape(file, input, [tokens], 'text.tokens');
  return named;
}

/** A text tower's inputs for texts that are encoded. @param ids [rows, tokens] @param mask [rows, tokens] */
export function textColumns(
  inputs: readonly TextInput[],
  { ids, mask }: { ids: Int32Array; mask: Float32Array },
  tokens: number,
): TowerInput[] {
  const values: Record<TextRole, Int32Array> = { ids, mask: Int32Array.from(mask), types: new Int32Array(ids.length) };
  return inputs.map(({ name, role, is64 }) => ({
    name,
    values: is64 ? BigInt64Array.from(values[role], BigInt) : values[role],
    shape: [tokens],
  }));
}

function roleOf(name: string): TextRole {
  if (/mask/iu.test(name)) return 'mask';
  return /type|segment/iu.test(name) ? 'types' : 'ids';
}

function checkShape(file: string, { name, shape }: TensorMetadata, row: readonly number[], key: string): void {
  const fits = row.every((size, at) => typeof shape[at + 1] !== 'number' || shape[at + 1] === size);
  if (fits) return;
  throw new UserError(
    'ONNX_SHAPE',
    `The input ${name} of ${file} has the shape [${shape.join(', ')}], which [batch, ${row.join(', ')}] doesn't fit; correct ${key} in two-tower.yaml.`,
  );
}

const described = (inputs: readonly TensorMetadata[]): string =>
  inputs.map(({ name, type, shape }) => `${name} ([${shape.join(', ')}] in ${type})`).join(', ') || 'nothing';
