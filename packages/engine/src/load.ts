import { realpathSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { dirname, join, sep } from 'node:path';
import util from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
// The gradients register themselves; tfjs-core alone has none under Node.
import '@tensorflow/tfjs';
import { EngineError } from './engine-error.ts';
import { type EngineRecord, engineFolder, findInstalledEngine } from './engine-folder.ts';
import { replaceGatherKernel } from './gather-kernel.ts';
import { findOwnKernels } from './kernels/own-kernels.ts';
import type { Binding } from './node-backend.ts';
import { type Preload, findQuietLoader } from './quiet-loader.ts';
import { replaceReductionGradients } from './reduction-gradients.ts';
import { findStockPackage } from './stock-package.ts';

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

/** Where an engine lies: ours, or a stock package. */
interface EngineFiles {
  packageFolder: string;
  bindingFile: string;
  tensorflowFolder?: string;
  /** What to do where the binding can't be loaded. */
  mend: string;
}

/**
 * Loads the installed engine and makes it the backend of `tf`. Later calls return the same.
 * Where none is installed, a stock @tensorflow/tfjs-node-gpu or @tensorflow/tfjs-node of the current folder serves; it doesn't capture.
 * @throws EngineError when there is neither, or it is damaged
 */
export async function loadEngine(): Promise<EngineInfo> {
  if (loaded) return loaded;
  const installed = await findInstalledEngine(engineFolder());
  if (installed.record) return loadRecord(installed.record);
  const stock = await findStockPackage();
  if (stock) return loadFiles({ ...stock, mend: `run \`npm rebuild ${stock.name}\`, or \`wenlan engine install\`` });
  throw new EngineError('ENGINE_MISSING', `${installed.problem}; run \`wenlan engine install\`.`);
}

/**
 * Loads the engine that a record describes, whether or not it is the installed one.
 * @throws Error when this process has loaded another: a process has one TensorFlow
 */
export async function loadRecord({ packageFolder, bindingFile, tensorflowFolder }: EngineRecord): Promise<EngineInfo> {
  if (loaded && loaded.bindingFile !== bindingFile) {
    throw new Error(`This process runs on ${loaded.bindingFile} already; install another engine in a process of its own.`);
  }
  const mend = `remove ${dirname(bindingFile)} and run \`wenlan engine install\``;
  return loaded ?? loadFiles({ packageFolder, bindingFile, tensorflowFolder, mend });
}

async function loadFiles({ packageFolder, bindingFile, tensorflowFolder, mend }: EngineFiles): Promise<EngineInfo> {
  // The library reads these while it is opened.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  process.env['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true';
  const quietLoader = findQuietLoader(bindingFile);
  if (tensorflowFolder && quietLoader) requireAddon<Preload>(quietLoader, mend)(join(tensorflowFolder, 'libtensorflow_cc.so.2'));
  restoreUtilPredicates();
  const requireFromPackage = createRequire(join(packageFolder, 'package.json'));
  const { name } = requireFromPackage('./package.json') as { name: string };
  const binding = requireAddon<Binding>(bindingFile, mend);
  const backendModule = withOneCore(packageFolder, () => {
    requireFromPackage('./dist/register_all_kernels');
    return requireFromPackage('./dist/nodejs_kernel_backend') as {
      NodeJSKernelBackend: new (binding: Binding, packageName: string) => tf.KernelBackend;
    };
  });
  tf.registerBackend('tensorflow', () => new backendModule.NodeJSKernelBackend(binding, name), 3);
  await tf.setBackend('tensorflow');
  replaceGatherKernel();
  replaceReductionGradients();
  findOwnKernels(binding);
  loaded = {
    tensorflowVersion: binding.TF_Version,
    device: binding.isUsingGpuDevice() ? 'gpu' : 'cpu',
    captures: binding.inferOutputs !== undefined,
    bindingFile,
  };
  return loaded;
}

function requireAddon<Addon>(file: string, mend: string): Addon {
  try {
    return createRequire(import.meta.url)(file) as Addon;
  } catch (error) {
    const reason = (error as Error).message.replace(`${file}: `, '');
    throw new EngineError('ENGINE_BROKEN', `${file} can't be loaded (${reason}): ${mend}.`, { cause: error });
  }
}

type ResolveFilename = (this: unknown, request: string, parent?: { filename?: string }, ...rest: unknown[]) => string;

/** The package's modules ask for `@tensorflow/tfjs`; they must get the very copy whose core everybody imports from here. */
function withOneCore<T>(packageFolder: string, work: () => T): T {
  const inside = realpathSync(packageFolder) + sep;
  const internals = Module as unknown as Record<'_resolveFilename', ResolveFilename>;
  const original = Reflect.get(internals, '_resolveFilename');
  const own = createRequire(import.meta.url);
  internals._resolveFilename = function resolve(request, parent, ...rest) {
    const fromPackage = parent?.filename?.startsWith(inside) === true;
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
