import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, cp, mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { BINDING_PATCH, patchSource } from './binding-patch.ts';
import { EngineError } from './engine-error.ts';
import { type EngineRecord, engineFolder, exists, findInstalledEngine } from './engine-folder.ts';
import { KERNEL_FILES, kernelSource } from './kernels/own-kernels.ts';
import { withInstallLock } from './install-lock.ts';
import { loadRecord } from './load.ts';
import { proveEngine } from './prove.ts';
import { QUIET_LOADER, QUIET_LOADER_SOURCE } from './quiet-loader.ts';
import { commandWorks, complaint, complaints, runCommand } from './run-command.ts';
import { TFJS_VERSION } from './stock-package.ts';
import { type TensorFlowLibrary, downloadTensorFlow, findTensorFlow, runtimePaths } from './tensorflow-library.ts';

const TFJS_PACKAGE = `@tensorflow/tfjs-node-gpu@${TFJS_VERSION}`;
const TFJS_INTEGRITY = 'sha512-p//NN6DGiN4hInUmIkRffaFVMcdTREUMjPyjW04J7OXvB2zBlQimj61eFKSgRrH3f5TnOfKzb0n56he/B6a4bw==';
const SOURCES = ['binding/tfjs_backend.cc', 'binding/tfjs_binding.cc'];
const QUIET_SOURCE = 'binding/quiet_loader.cc';
const KERNEL_SOURCE = `binding/${KERNEL_FILES[0]}`;

/** Which TensorFlow the binding is built against, and where it goes. */
export interface InstallOptions {
  /** Build against tensorflow[and-cuda] (true) or for the CPU (false); left out, whichever is installed stays, and a new one is for the CPU. */
  cuda?: boolean;
  /** Told of each step of the installation, in a sentence. */
  onProgress?: (sentence: string) => void;
}

/**
 * Finds or downloads TensorFlow, builds the binding of @tensorflow/tfjs-node-gpu against it and proves it with a product
 * and a convolution's gradient. Does nothing where that has been done before. Everything lies in {@link engineFolder}.
 * @throws EngineError that names the tool to install, or what failed and where to look
 */
export async function installEngine(options: InstallOptions = {}): Promise<EngineRecord> {
  const folder = engineFolder();
  const cuda = options.cuda ?? false;
  const say = options.onProgress ?? (() => {});
  const installed = await usableRecord(folder, options.cuda);
  if (installed) return installed;
  await requireTools(cuda);
  await mkdir(folder, { recursive: true }).catch((error: unknown) => refuseFolder(folder, error));
  await access(folder, constants.W_OK).catch((error: unknown) => refuseFolder(folder, error));
  return withInstallLock(folder, say, async () => {
    const other = await usableRecord(folder, options.cuda);
    if (other) return other;
    await removePartial(folder);
    const library = (await findTensorFlow(cuda)) ?? (await downloadTensorFlow(folder, cuda, say));
    const packageFolder = await fetchPackage(folder, say);
    const bindingFile = await buildBinding(folder, packageFolder, library, cuda, say);
    const record: EngineRecord = {
      tensorflowVersion: library.version,
      tensorflowFolder: library.folder,
      tensorflowFrom: library.from,
      cuda,
      packageFolder,
      bindingFile,
    };
    say('Proving the engine with a product and a convolution gradient.');
    await loadRecord(record);
    proveEngine();
    await writeFile(join(folder, 'engine.json.tmp'), `${JSON.stringify(record, null, 2)}\n`);
    await rename(join(folder, 'engine.json.tmp'), join(folder, 'engine.json'));
    return record;
  });
}

async function usableRecord(folder: string, cuda: boolean | undefined): Promise<EngineRecord | undefined> {
  const { record } = await findInstalledEngine(folder);
  if (record === undefined || (cuda !== undefined && record.cuda !== cuda)) return undefined;
  const library = { version: record.tensorflowVersion, folder: record.tensorflowFolder };
  const current = bindingPath(folder, library, await runtimePaths(library.folder, record.cuda));
  return record.bindingFile === current ? record : undefined;
}

async function requireTools(cuda: boolean): Promise<void> {
  const tools = [
    { command: 'python3', packages: 'Python 3 with pip (Debian: python3-pip)' },
    { command: 'g++', packages: 'a C++ compiler (Debian: g++)' },
    { command: 'npm', packages: 'npm' },
  ];
  for (const { command, packages } of tools) {
    if (await commandWorks(command, ['--version'])) continue;
    // loadEngine uses what this command leaves in node_modules.
    const stock = `npm install @tensorflow/tfjs-node${cuda ? '-gpu' : ''}@${TFJS_VERSION}`;
    throw new EngineError(
      'ENGINE_TOOLS',
      `${command} doesn't run here: install ${packages} and run \`wenlan engine install\` again, ` +
        `or let the package's own installer bring an older, slower TensorFlow into this folder: \`${stock}\`.`,
    );
  }
}

function refuseFolder(folder: string, error: unknown): never {
  throw new EngineError(
    'ENGINE_FOLDER',
    `The engine's folder ${folder} can't be written (${(error as NodeJS.ErrnoException).code}); set WENLAN_ENGINE_DIR to another.`,
    { cause: error },
  );
}

/** What an installation that was killed has left, up to 1 GB. */
async function removePartial(folder: string): Promise<void> {
  const partial = (await readdir(folder)).filter((name) => name.startsWith('partial-'));
  await Promise.all(partial.map((name) => rm(join(folder, name), { recursive: true, force: true })));
}

/** The npm package without its install script, which would download an old TensorFlow. */
async function fetchPackage(folder: string, say: (sentence: string) => void): Promise<string> {
  const target = join(folder, `tfjs-node-gpu-${TFJS_VERSION}`);
  if (await exists(join(target, 'package.json'))) return target;
  say(`Fetching ${TFJS_PACKAGE}.`);
  const temporary = await mkdtemp(join(folder, 'partial-'));
  try {
    await runCommand('npm', ['pack', TFJS_PACKAGE, '--loglevel=error', '--pack-destination', temporary]);
    const tarball = (await readdir(temporary)).find((name) => name.endsWith('.tgz'));
    if (tarball === undefined) throw new Error('it wrote no .tgz');
    const digest = createHash('sha512')
      .update(await readFile(join(temporary, tarball)))
      .digest('base64');
    if (`sha512-${digest}` !== TFJS_INTEGRITY) {
      throw new EngineError(
        'ENGINE_INTEGRITY',
        `${TFJS_PACKAGE} came with a wrong checksum (sha512-${digest}); check npm's registry setting.`,
      );
    }
    // Python is here in any case, tar is not on every machine.
    await runCommand('python3', ['-m', 'tarfile', '-e', tarball, '.'], { cwd: temporary });
    await rename(join(temporary, 'package'), target);
  } catch (error) {
    if (error instanceof EngineError) throw error;
    throw new EngineError(
      'ENGINE_FETCH',
      `npm can't fetch ${TFJS_PACKAGE} (${complaint(error)}); check the network and try again.`,
      { cause: error },
    );
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return target;
}

function bindingPath(folder: string, library: Pick<TensorFlowLibrary, 'version' | 'folder'>, paths: string[]): string {
  const identity = [
    library.version,
    library.folder,
    ...paths,
    process.platform,
    process.arch,
    TFJS_INTEGRITY,
    JSON.stringify(BINDING_PATCH),
    QUIET_LOADER_SOURCE,
    ...KERNEL_FILES.map(kernelSource),
  ];
  const key = createHash('sha256').update(identity.join('\n')).digest('hex').slice(0, 16);
  return join(folder, 'bindings', key, 'tfjs_binding.node');
}

async function buildBinding(
  folder: string,
  packageFolder: string,
  library: TensorFlowLibrary,
  cuda: boolean,
  say: (sentence: string) => void,
): Promise<string> {
  const paths = await runtimePaths(library.folder, cuda);
  const target = bindingPath(folder, library, paths);
  if (await exists(target)) return target;
  say(`Building the binding against TensorFlow ${library.version}.`);
  const temporary = await mkdtemp(join(folder, 'partial-'));
  try {
    await cp(join(packageFolder, 'binding'), join(temporary, 'binding'), { recursive: true });
    for (const file of new Set(BINDING_PATCH.map((insertion) => insertion.file))) {
      await writeFile(join(temporary, file), patchSource(file, await readFile(join(temporary, file), 'utf8')));
    }
    const headers = (createRequire(import.meta.url)('node-api-headers') as { include_dir: string }).include_dir;
    const flags = ['-std=c++17', '-O2', '-fPIC', '-DNAPI_VERSION=8', '-I', headers, '-I', join(library.folder, 'include')];
    const compile = (source: string): Promise<string> =>
      runCommand('g++', [...flags, '-c', source, '-o', `${source}.o`], { cwd: temporary });
    await writeFile(join(temporary, QUIET_SOURCE), QUIET_LOADER_SOURCE);
    for (const file of KERNEL_FILES) await writeFile(join(temporary, 'binding', file), kernelSource(file));
    await Promise.all([...SOURCES, KERNEL_SOURCE, QUIET_SOURCE].map(compile));
    const libraries = ['-L', library.folder, '-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2'];
    const rpaths = paths.map((path) => `-Wl,-rpath,${path}`);
    const objects = [...SOURCES, KERNEL_SOURCE].map((source) => `${source}.o`);
    await runCommand('g++', ['-shared', ...objects, ...libraries, ...rpaths, '-o', 'tfjs_binding.node'], { cwd: temporary });
    await runCommand('g++', ['-shared', `${QUIET_SOURCE}.o`, '-ldl', '-o', QUIET_LOADER], { cwd: temporary });
    await mkdir(dirname(target), { recursive: true });
    await rename(join(temporary, QUIET_LOADER), join(dirname(target), QUIET_LOADER));
    await rename(join(temporary, 'tfjs_binding.node'), target);
  } catch (error) {
    const log = join(folder, 'build.log');
    await writeFile(log, `${complaints(error)}\n`);
    throw new EngineError(
      'ENGINE_BUILD',
      `The binding can't be built against TensorFlow ${library.version} in ${library.folder} (${complaint(error)}); ` +
        `g++ 9 or newer is needed, and ${log} has everything it said.`,
      { cause: error },
    );
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return target;
}
