import { createRequire, Module } from 'node:module';
import { join, sep } from 'node:path';
import util from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
// The gradients register themselves; tfjs-core alone has none under Node.
import '@tensorflow/tfjs';
import { EngineError } from './engine-error.ts';
import { type EngineRecord, engineFolder, readEngineRecord } from './engine-folder.ts';
import { replaceGatherKernel } from './gather-kernel.ts';
import type { Binding } from './node-backend.ts';

export { tf };

/** The engine in use. */
export interface EngineInfo {
  tensorflowVersion: string;
  device: 'cpu' | 'gpu';
  /** Whether a step can run as one TensorFlow function. */
  captures: boolean;
  bindingFile: string;
}

let loaded: EngineInfo | undefined;

/**
 * Loads the installed engine and makes it the backend of `tf`. Later calls return the same.
 * @throws EngineError when none is installed
 */
export async function loadEngine(): Promise<EngineInfo> {
  if (loaded) return loaded;
  const record = await readEngineRecord(engineFolder());
  if (record === undefined)
    throw new EngineError('ENGINE_MISSING', 'There is no TensorFlow engine yet; run `wenlan engine install`.');
  return loadBinding(record);
}

/** Loads the engine that a record describes, whether or not it is the installed one. */
export async function loadBinding(record: EngineRecord): Promise<EngineInfo> {
  if (loaded) return loaded;
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  process.env['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true';
  // On is the default; saying so keeps TensorFlow from announcing it.
  process.env['TF_ENABLE_ONEDNN_OPTS'] ??= '1';
  restoreUtilPredicates();
  const requireFromPackage = createRequire(join(record.packageFolder, 'package.json'));
  const binding = requireBinding(record.bindingFile);
  const backendModule = withOneCore(record.packageFolder, () => {
    requireFromPackage('./dist/register_all_kernels');
    return requireFromPackage('./dist/nodejs_kernel_backend') as {
      NodeJSKernelBackend: new (binding: Binding, packageName: string) => tf.KernelBackend;
    };
  });
  tf.registerBackend('tensorflow', () => new backendModule.NodeJSKernelBackend(binding, '@tensorflow/tfjs-node-gpu'), 3);
  await tf.setBackend('tensorflow');
  replaceGatherKernel();
  loaded = {
    tensorflowVersion: record.tensorflowVersion,
    device: binding.isUsingGpuDevice() ? 'gpu' : 'cpu',
    captures: binding.addFunction !== undefined,
    bindingFile: record.bindingFile,
  };
  return loaded;
}

function requireBinding(file: string): Binding {
  try {
    return createRequire(import.meta.url)(file) as Binding;
  } catch (error) {
    throw new EngineError(
      'ENGINE_BROKEN',
      `${file} can't be loaded (${(error as Error).message}); remove its folder and run \`wenlan engine install\`.`,
      {
        cause: error,
      },
    );
  }
}

type ResolveFilename = (this: unknown, request: string, parent?: { filename?: string }, ...rest: unknown[]) => string;

/** The package's modules ask for `@tensorflow/tfjs`; they must get the very copy whose core everybody imports from here. */
function withOneCore<T>(packageFolder: string, work: () => T): T {
  const internals = Module as unknown as Record<'_resolveFilename', ResolveFilename>;
  const original = Reflect.get(internals, '_resolveFilename');
  const own = createRequire(import.meta.url);
  internals._resolveFilename = function resolve(request, parent, ...rest) {
    const fromPackage = parent?.filename?.startsWith(packageFolder + sep) === true;
    if (fromPackage && /^(@tensorflow\/tfjs|google-protobuf)/.test(request)) {
      return own.resolve(request);
    }
    return original.call(this, request, parent, ...rest);
  };
  try {
    return work();
  } finally {
    internals._resolveFilename = original;
  }
}

/** Node 23 took these away; tfjs-node 4.22 still calls them (tensorflow/tfjs #8609). */
function restoreUtilPredicates(): void {
  const old = util as unknown as Record<string, unknown>;
  old['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined;
  old['isArray'] ??= Array.isArray;
}
