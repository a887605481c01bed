import * as tf from '@tensorflow/tfjs-core';
import { collectiveKeys, together, togetherAsync } from '../collectives/joined-group.ts';
import type { NodeBackend, OpAttribute, TensorMetadata } from '../node-backend.ts';
import { ResourceVariable } from '../variables/resource-variable.ts';
import { FunctionGraph, type FunctionInterface } from './function-graph.ts';
import { record } from './recorder.ts';
import type { RecordedProgram } from './saved-program.ts';

let programsMade = 0;

/** A step recorded at one set of input shapes: one function of TensorFlow's eager context. */
export interface Program {
  /** Whether the step returned a tensor rather than a list. */
  readonly single: boolean;
  run(inputs: tf.Tensor[]): tf.Tensor[];
  /** As {@link run}, on another thread. */
  runAsync(inputs: tf.Tensor[]): Promise<tf.Tensor[]>;
  dispose(): void;
}

/**
 * Records `step` without computing anything.
 * Tensors that live outside of the step and are neither inputs nor variables become constants.
 * @throws Error when the step makes variables
 */
export function recordProgram(
  backend: NodeBackend,
  step: (inputs: tf.Tensor[]) => tf.Tensor | tf.Tensor[],
  inputs: tf.Tensor[],
  bfloat16: boolean,
): RecordedProgram {
  const idOf = (tensor: tf.TensorInfo): number => backend.getInputTensorIds([tensor])[0]!;
  const own = separate(backend, inputs);
  const variables = Object.values(tf.engine().registeredVariables);
  const before = variables.map((variable) => ({ variable, id: idOf(variable), value: tf.clone(variable) }));
  const inputIds = own.map(idOf);
  const dtypes = new Map([...variables, ...own].map((tensor) => [idOf(tensor), backend.tensorMap.get(tensor.dataId).dtype]));
  let single = false;
  let results: { id: number; dtype: number }[] = [];
  let changed: FunctionInterface['changed'] = [];
  const recording = record(backend, () => {
    try {
      tf.tidy(() => {
        const returned = step(own);
        single = !Array.isArray(returned);
        results = (Array.isArray(returned) ? returned : [returned]).map((tensor) => ({
          id: idOf(tensor),
          dtype: backend.tensorMap.get(tensor.dataId).dtype,
        }));
      });
      changed = before
        .map(({ variable, id }) => ({ variable, before: id, after: idOf(variable), dtype: dtypes.get(id)! }))
        .filter(({ before, after }) => after !== before);
    } finally {
      for (const { variable, value } of before) variable.assign(value);
      tf.dispose(before.map(({ value }) => value));
      refuseNewVariables(variables);
    }
  });
  const { collectives } = recording;
  for (const { keyId } of collectives) dtypes.set(keyId, backend.binding.TF_INT32);
  const graph = new FunctionGraph(backend.binding, recording, { inputDtypes: dtypes, changed }, bfloat16);
  const read = before.filter(({ id }) => graph.reads(id));
  const outputs = results.map(({ id, dtype }) => graph.outputName(id, dtype));
  const names = [
    ...[...read.map(({ id }) => id), ...inputIds, ...collectives.map(({ keyId }) => keyId)].map((id) => graph.inputName(id)),
    ...changed.map(({ variable }) => graph.handleName(variable)),
  ];
  tf.dispose(own.filter((tensor, index) => tensor !== inputs[index]));
  const places = new Map(variables.map((variable, index) => [variable, index]));
  const placesOf = (some: readonly { variable: tf.Variable }[]): number[] => some.map(({ variable }) => places.get(variable)!);
  return {
    graph: graph.finish(),
    inputs: names,
    outputs,
    readVariables: placesOf(read),
    changedVariables: placesOf(changed),
    single,
    collectives: collectives.map(({ signature }) => signature),
  };
}

/**
 * Registers a program as a function.
 * @throws Error when XLA is to compile collective operations, which it can't
 */
export function openProgram(
  backend: NodeBackend,
  { graph, inputs, outputs, readVariables, changedVariables, single, collectives }: RecordedProgram,
  options: { xla: boolean; fuse: boolean },
): Program {
  const collective = collectives.length > 0;
  if (collective && options.xla)
    throw new Error("XLA can't compile a step in which ranks exchange tensors; capture it without xla.");
  const { binding } = backend;
  const variables = Object.values(tf.engine().registeredVariables);
  const read = readVariables.map((place) => variables[place]!);
  const changed = changedVariables.map((place) => variables[place]!);
  const name = `wenlan_step_${process.pid}_${programsMade++}`;
  binding.addFunction!(name, graph, inputs, outputs);
  const attributes: OpAttribute[] = [];
  if (options.xla) attributes.push({ name: '_XlaMustCompile', type: 3, value: true });
  if (options.fuse) attributes.push({ name: 'config_proto', type: 0, value: '' });
  const keyIds = collectiveKeys(collectives).map((key) => binding.createTensor([], binding.TF_INT32, Int32Array.of(key)));
  const prepare = (values: tf.Tensor[]): number[] => {
    const ids = backend.getInputTensorIds([...read, ...values]);
    const resources = changed.map((variable) => ResourceVariable.of(backend, variable));
    for (const resource of resources) resource.prepareWrite();
    return [...ids, ...keyIds, ...resources.map(({ handle }) => handle)];
  };
  const tensorOf = (metadata: TensorMetadata): tf.Tensor => backend.createOutputTensor(metadata);
  return {
    single,
    run: (values) => {
      const execute = (): TensorMetadata[] => binding.executeOp(name, attributes, prepare(values), outputs.length);
      return (collective ? together(execute) : execute()).map(tensorOf);
    },
    runAsync: async (values) => {
      const execute = async (): Promise<TensorMetadata[]> =>
        binding.executeOpAsync === undefined
          ? binding.executeOp(name, attributes, prepare(values), outputs.length)
          : binding.executeOpAsync(name, attributes, prepare(values), outputs.length);
      return (await (collective ? togetherAsync(execute) : execute())).map(tensorOf);
    },
    dispose: () => {
      for (const id of keyIds) binding.deleteTensor(id);
      binding.removeFunction!(name);
    },
  };
}

/** Gives every variable and input a handle of its own: two on one handle could not be told apart in the recording. */
function separate(backend: NodeBackend, inputs: tf.Tensor[]): tf.Tensor[] {
  const seen = new Set<number>();
  const copy = (tensor: tf.Tensor): tf.Tensor => backend.executeSingleOutput('Identity', [], [tensor]);
  for (const variable of Object.values(tf.engine().registeredVariables)) {
    const id = backend.getInputTensorIds([variable])[0]!;
    if (seen.has(id)) {
      const own = copy(variable);
      variable.assign(own);
      own.dispose();
    }
    seen.add(backend.getInputTensorIds([variable])[0]!);
  }
  return inputs.map((input) => {
    const id = backend.getInputTensorIds([input])[0]!;
    if (!seen.has(id)) {
      seen.add(id);
      return input;
    }
    return copy(input);
  });
}

function refuseNewVariables(before: readonly tf.Variable[]): void {
  const known = new Set(before);
  const made = Object.values(tf.engine().registeredVariables).filter((variable) => !known.has(variable));
  tf.dispose(made);
  if (made.length > 0) throw new Error(`The step makes ${made.length} new variables; make them before the step.`);
}
