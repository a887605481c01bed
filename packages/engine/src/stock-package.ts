import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { exists } from './engine-folder.ts';

/** The version whose internals {@link capture} and the replaced kernels rely on. */
export const TFJS_VERSION = '4.22.0';

/** A TensorFlow package as npm and its own install script leave it. */
export interface StockPackage {
  name: string;
  packageFolder: string;
  bindingFile: string;
}

/**
 * The @tensorflow/tfjs-node-gpu or @tensorflow/tfjs-node of our version that a module in `folder` would get, if its own install
 * script has put the compiled binding in its place. Its TensorFlow is 2.9.1 and its binding lacks our patch: slower, not wrong.
 * The binding is of N-API, so it loads on every Node; what newer ones took away from `util`, loading puts back.
 */
export async function findStockPackage(folder: string = process.cwd()): Promise<StockPackage | undefined> {
  const requireFrom = createRequire(join(folder, 'package.json'));
  for (const name of ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node']) {
    const description = resolveOrNothing(requireFrom, `${name}/package.json`);
    if (description === undefined || (requireFrom(description) as { version?: string }).version !== TFJS_VERSION) continue;
    const packageFolder = dirname(description);
    const builds = await readdir(join(packageFolder, 'lib')).catch(() => []);
    for (const build of builds.filter((entry) => entry.startsWith('napi-v'))) {
      const bindingFile = join(packageFolder, 'lib', build, 'tfjs_binding.node');
      if (await exists(bindingFile)) return { name, packageFolder, bindingFile };
    }
  }
  return undefined;
}

function resolveOrNothing(requireFrom: NodeJS.Require, request: string): string | undefined {
  try {
    return requireFrom.resolve(request);
  } catch {
    return undefined;
  }
}
