import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { rankAndSize } from '../collectives/joined-group.ts';
import { hasOwnKernels } from '../kernels/own-kernels.ts';
import type { NodeBackend } from '../node-backend.ts';
import { codeSha256 } from './code-sha256.ts';

const ENGINE = join(import.meta.dirname, '..');

/** Where the programs of a captured step are kept. */
export interface SavedPrograms {
  folder: string;
  /** Everything that decides what the step computes besides its shapes, its variables and the engine: config, and {@link codeSha256} of its code. */
  key: string;
}

/** What a step was recorded as. Variables are counted in the order in which they were made. */
export interface RecordedProgram {
  /** A GraphDef. */
  graph: Uint8Array;
  /** Nodes: of the variables that are read, of the step's inputs, of the keys of its collectives, of the handles of the variables that change. */
  inputs: string[];
  /** "node:index". */
  outputs: string[];
  readVariables: number[];
  changedVariables: number[];
  /** Whether the step returned a tensor rather than a list. */
  single: boolean;
  /** Signatures of the operations that it computes together with other processes. */
  collectives: string[];
}

/**
 * The program that was saved for these shapes by an equal engine, rank, key and set of variables; what lies there damaged counts as missing.
 * Otherwise what `record` gives, which is then saved.
 */
export function savedOrRecorded(
  backend: NodeBackend,
  { folder, key }: SavedPrograms,
  shapes: string,
  record: () => RecordedProgram,
): RecordedProgram {
  const variables = Object.values(tf.engine().registeredVariables).map(({ name, dtype, shape }) => [name, dtype, shape]);
  const { TF_Version } = backend.binding;
  const device = backend.binding.isUsingGpuDevice() ? 'gpu' : 'cpu';
  const signature = JSON.stringify([
    codeSha256(ENGINE),
    TF_Version,
    device,
    hasOwnKernels(),
    rankAndSize(),
    key,
    shapes,
    variables,
  ]);
  const file = join(folder, `${sha256(signature).slice(0, 32)}.program`);
  const saved = read(file);
  if (saved !== undefined) return saved;
  const program = record();
  mkdirSync(folder, { recursive: true });
  write(file, program);
  return program;
}

/** The checksum, then a line of JSON, then the graph. */
function write(file: string, { graph, ...rest }: RecordedProgram): void {
  const content = Buffer.concat([Buffer.from(`${JSON.stringify(rest)}\n`), graph]);
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, Buffer.concat([Buffer.from(`${sha256(content)}\n`), content]));
  renameSync(temporary, file);
}

function read(file: string): RecordedProgram | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const content = bytes.subarray(bytes.indexOf('\n') + 1);
  if (bytes.subarray(0, bytes.length - content.length).toString() !== `${sha256(content)}\n`) return undefined;
  const end = content.indexOf('\n');
  const rest = JSON.parse(content.subarray(0, end).toString()) as Omit<RecordedProgram, 'graph'>;
  return { ...rest, graph: new Uint8Array(content.subarray(end + 1)) };
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
