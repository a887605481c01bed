import { access } from 'node:fs/promises';
import { UserError } from '@wenlan/shards';
import type { InferenceSession } from 'onnxruntime-node';
import type { OnnxRuntime } from './onnx-runtime.ts';

/** Rows that go through a model at once where it leaves that open. */
export const BATCH = 32;

/** Only of errors that nothing can go on after: others are thrown, and needn't be printed as well. */
const LOG_FATAL = 4;

/** Name, element type and shape of an input or output; a dimension that is left open is a string. */
type TensorMetadata = InferenceSession.TensorValueMetadata;

/** An input's values for some rows. */
export interface TowerInput {
  name: string;
  values: Float32Array | Int32Array | BigInt64Array; // [rows, …shape]
  /** Of a row. */
  shape: readonly number[];
}

/** One tower of a two-tower model: an ONNX file with one row of output for each row of input. */
export interface OnnxTower {
  file: string;
  inputs: readonly TensorMetadata[];
  /**
   * @returns [rows, dim], as the model gives them
   * @throws UserError ONNX_RUN, ONNX_OUTPUT
   */
  encode: (rows: number, inputs: readonly TowerInput[]) => Promise<Float32Array>;
  dispose: () => Promise<void>;
}

/**
 * Loads an ONNX file.
 * @param wanted name of the output; by default the first that can hold vectors
 * @throws UserError ONNX_MODEL_MISSING, ONNX_MODEL_INVALID, ONNX_OUTPUT
 */
export async function openTower({ InferenceSession, Tensor }: OnnxRuntime, file: string, wanted?: string): Promise<OnnxTower> {
  await access(file).catch((cause: NodeJS.ErrnoException) => {
    throw new UserError(
      'ONNX_MODEL_MISSING',
      `The model ${file} can't be read (${cause.code}); put it there, or correct its name in two-tower.yaml.`,
      { cause },
    );
  });
  const session = await InferenceSession.create(file, { logSeverityLevel: LOG_FATAL }).catch((cause: unknown) => {
    throw new UserError(
      'ONNX_MODEL_INVALID',
      `The model ${file} can't be loaded (${reasonOf(cause)}); put an ONNX file there, with the files of weights that it names.`,
      { cause },
    );
  });
  const output = outputOf(session, file, wanted);
  const inputs = session.inputMetadata.filter(({ isTensor }) => isTensor) as TensorMetadata[];
  const fixed = inputs[0]?.shape[0];
  const batch = typeof fixed === 'number' ? fixed : null;

  async function runBatch(count: number, feeds: InferenceSession.FeedsType): Promise<Float32Array> {
    const found = await session.run(feeds, [output], { logSeverityLevel: LOG_FATAL }).catch((cause: unknown) => {
      throw new UserError(
        'ONNX_RUN',
        `The model ${file} can't be run (${reasonOf(cause)}); see that two-tower.yaml describes this model, and that the vocabulary is its own.`,
        { cause },
      );
    });
    const { data, dims } = found[output]!;
    if (data instanceof Float32Array && dims.length === 2 && dims[0] === count) return data;
    throw new UserError(
      'ONNX_OUTPUT',
      `The output ${output} of ${file} has the shape [${dims.join(', ')}] for ${count} rows instead of a vector each; name another output in two-tower.yaml.`,
    );
  }

  return {
    file,
    inputs,
    async encode(rows, columns) {
      const step = batch ?? BATCH;
      let encoded = new Float32Array(0); // of no rows nobody knows the dimension
      for (let start = 0; start < rows; start += step) {
        const used = Math.min(step, rows - start);
        const count = batch ?? used;
        const feeds = columns.map(({ name, values, shape }) => {
          const width = shape.reduce((product, size) => product * size, 1);
          const filled = values.slice(start * width, (start + used) * width);
          return [name, new Tensor(padded(filled, count * width), [count, ...shape])] as const;
        });
        const vectors = await runBatch(count, Object.fromEntries(feeds));
        const dim = vectors.length / count;
        if (start === 0) encoded = new Float32Array(rows * dim);
        encoded.set(vectors.subarray(0, used * dim), start * dim);
      }
      return encoded;
    },
    dispose: () => session.release(),
  };
}

function outputOf({ outputNames, outputMetadata }: InferenceSession, file: string, wanted: string | undefined): string {
  const names = outputNames.join(', ');
  if (wanted !== undefined) {
    if (outputNames.includes(wanted)) return wanted;
    throw new UserError(
      'ONNX_OUTPUT',
      `The model ${file} has no output ${wanted}, only ${names}; correct the output in two-tower.yaml.`,
    );
  }
  const found = outputMetadata.find(
    // A graph may leave the shape of its output out, which then has rank 0.
    (output) => output.isTensor && output.type === 'float32' && (output.shape.length === 2 || output.shape.length === 0),
  );
  if (found !== undefined) return found.name;
  throw new UserError(
    'ONNX_OUTPUT',
    `The model ${file} has no output of vectors, [batch, dimension] in float32, only ${names}; export it with one.`,
  );
}

function padded<Values extends TowerInput['values']>(values: Values, length: number): Values {
  if (values.length === length) return values;
  const longer = new (values.constructor as new (length: number) => Values)(length);
  (longer as { set(from: Values): void }).set(values);
  return longer;
}

const reasonOf = (thrown: unknown): string => (thrown as Error).message.split('\n')[0]!.trim();
