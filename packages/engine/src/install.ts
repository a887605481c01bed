import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { access, cp, mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BINDING_PATCH, patchSource } from './binding-patch.ts';
import { EngineError } from './engine-error.ts';
import { type EngineRecord, engineFolder, readEngineRecord } from './engine-folder.ts';
import { withInstallLock } from './install-lock.ts';
import { loadBinding } from './load.ts';
import { proveEngine } from './prove.ts';
import { commandWorks, lastWords, runCommand } from './run-command.ts';
import { type TensorFlowLibrary, downloadTensorFlow, findTensorFlow } from './tensorflow-library.ts';

const TFJS_PACKAGE = '@tensorflow/tfjs-node-gpu@4.22.0';
const TFJS_INTEGRITY = 'sha512-p//NN6DGiN4hInUmIkRffaFVMcdTREUMjPyjW04J7OXvB2zBlQimj61eFKSgRrH3f5TnOfKzb0n56he/B6a4bw==';
const SOURCES = ['binding/tfjs_backend.cc', 'binding/tfjs_binding.cc'];

export interface InstallOptions {
  /** Build against tensorflow[and-cuda] instead of tensorflow-cpu. */
  cuda?: boolean;
  onProgress?: (sentence: string) => void;
}

/**
 * Finds or downloads TensorFlow, builds the binding of @tensorflow/tfjs-node-gpu against it and proves it with a product
 * and a convolution's gradient. Does nothing where that has been done before. Everything lies in {@link engineFolder}.
 * @throws EngineError that names the tool to install when Python or a C++ compiler is missing
 */
export async function installEngine(options: InstallOptions = {}): Promise<EngineRecord> {
  const folder = engineFolder();
  const cuda = options.cuda ?? false;
  const say = options.onProgress ?? (() => {});
  const installed = await usableRecord(folder, cuda);
  if (installed) return installed;
  await requireTools();
  await mkdir(folder, { recursive: true });
  return withInstallLock(folder, async () => {
    const other = await usableRecord(folder, cuda);
    if (other) return other;
    const library = (await findTensorFlow(cuda)) ?? (await downloadTensorFlow(folder, cuda, say));
    const packageFolder = await fetchPackage(folder, say);
    const bindingFile = await buildBinding(folder, packageFolder, library, say);
    const record: EngineRecord = {
      tensorflowVersion: library.version,
      tensorflowFolder: library.folder,
      tensorflowFrom: library.from,
      cuda,
      packageFolder,
      bindingFile,
    };
    say('Proving the engine with a product and a convolution gradient.');
    await loadBinding(record);
    proveEngine();
    await writeFile(join(folder, 'engine.json.tmp'), `${JSON.stringify(record, null, 2)}\n`);
    await rename(join(folder, 'engine.json.tmp'), join(folder, 'engine.json'));
    return record;
  });
}

async function usableRecord(folder: string, cuda: boolean): Promise<EngineRecord | undefined> {
  const record = await readEngineRecord(folder);
  if (record === undefined || record.cuda !== cuda) return undefined;
  const library = { version: record.tensorflowVersion, folder: record.tensorflowFolder };
  if (record.bindingFile !== bindingPath(folder, library)) return undefined;
  const present = await Promise.all([record.bindingFile, join(record.tensorflowFolder, 'libtensorflow_cc.so.2')].map(exists));
  return present.every(Boolean) ? record : undefined;
}

async function requireTools(): Promise<void> {
  const tools = [
    { command: 'python3', args: ['-m', 'pip', '--version'], packages: 'Python 3 with pip (Debian: python3-pip)' },
    { command: 'g++', args: ['--version'], packages: 'a C++ compiler (Debian: g++)' },
    { command: 'npm', args: ['--version'], packages: 'npm' },
  ];
  for (const { command, args, packages } of tools) {
    if (await commandWorks(command, args)) continue;
    throw new EngineError(
      'ENGINE_TOOLS',
      `${command} doesn't run here: install ${packages} and run \`wenlan engine install\` again, ` +
        "or use the package's own installer: npm install @tensorflow/tfjs-node-gpu.",
    );
  }
}

/** The npm package without its install script, which would download an old TensorFlow. */
async function fetchPackage(folder: string, say: (sentence: string) => void): Promise<string> {
  const target = join(folder, 'tfjs-node-gpu-4.22.0');
  if (await exists(join(target, 'package.json'))) return target;
  say(`Fetching ${TFJS_PACKAGE}.`);
  const temporary = await mkdtemp(join(folder, 'fetch-'));
  try {
    await runCommand('npm', ['pack', TFJS_PACKAGE, '--silent', '--pack-destination', temporary]).catch((error: unknown) => {
      throw new EngineError(
        'ENGINE_FETCH',
        `npm can't fetch ${TFJS_PACKAGE} (${lastWords(error)}); check the network and try again.`,
      );
    });
    const tarball = (await readdir(temporary)).find((name) => name.endsWith('.tgz')) ?? '';
    const digest = createHash('sha512')
      .update(await readFile(join(temporary, tarball)))
      .digest('base64');
    if (`sha512-${digest}` !== TFJS_INTEGRITY) {
      throw new EngineError(
        'ENGINE_INTEGRITY',
        `${TFJS_PACKAGE} came with a wrong checksum (sha512-${digest}); check npm's registry setting.`,
      );
    }
    await runCommand('tar', ['xzf', tarball], { cwd: temporary });
    await rename(join(temporary, 'package'), target);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return target;
}

function bindingPath(folder: string, library: Pick<TensorFlowLibrary, 'version' | 'folder'>): string {
  const identity = [
    library.version,
    library.folder,
    process.platform,
    process.arch,
    TFJS_INTEGRITY,
    JSON.stringify(BINDING_PATCH),
  ];
  const key = createHash('sha256').update(identity.join('\n')).digest('hex').slice(0, 16);
  return join(folder, 'bindings', key, 'tfjs_binding.node');
}

async function buildBinding(
  folder: string,
  packageFolder: string,
  library: TensorFlowLibrary,
  say: (sentence: string) => void,
): Promise<string> {
  const target = bindingPath(folder, library);
  if (await exists(target)) return target;
  say(`Building the binding against TensorFlow ${library.version}.`);
  const temporary = await mkdtemp(join(folder, 'build-'));
  try {
    await cp(join(packageFolder, 'binding'), join(temporary, 'binding'), { recursive: true });
    for (const file of new Set(BINDING_PATCH.map((insertion) => insertion.file))) {
      await writeFile(join(temporary, file), patchSource(file, await readFile(join(temporary, file), 'utf8')));
    }
    const headers = (createRequire(import.meta.url)('node-api-headers') as { include_dir: string }).include_dir;
    const flags = ['-std=c++17', '-O2', '-fPIC', '-DNAPI_VERSION=8', '-I', headers, '-I', join(library.folder, 'include')];
    const compile = (source: string): Promise<string> =>
      runCommand('g++', [...flags, '-c', source, '-o', `${source}.o`], { cwd: temporary });
    await Promise.all(SOURCES.map(compile));
    const libraries = ['-L', library.folder, '-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2'];
    const paths = library.runtimePaths.map((path) => `-Wl,-rpath,${path}`);
    const objects = SOURCES.map((source) => `${source}.o`);
    await runCommand('g++', ['-shared', ...objects, ...libraries, ...paths, '-o', 'tfjs_binding.node'], { cwd: temporary });
    await mkdir(join(target, '..'), { recursive: true });
    await rename(join(temporary, 'tfjs_binding.node'), target);
  } catch (error) {
    throw new Error(`The binding could not be built: ${lastWords(error)}`, { cause: error });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return target;
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
