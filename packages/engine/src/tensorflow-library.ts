import { access, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError } from './engine-error.ts';
import { lastWords, runCommand } from './run-command.ts';

/** The version that is downloaded where the machine has none. */
const TENSORFLOW_VERSION = '2.21.0';
/** The C API that the binding uses has been the same since; older wheels lack libtensorflow_cc.so.2 or need another Python. */
const OLDEST_MINOR = 16;

/** The shared libraries and headers of a TensorFlow wheel. */
export interface TensorFlowLibrary {
  version: string;
  /** Holds libtensorflow_cc.so.2 and include/. */
  folder: string;
  from: 'machine' | 'wheel';
  /** Where the dynamic linker looks: the folder, and those of the CUDA wheels. */
  runtimePaths: string[];
}

const LOCATE = `
import importlib.metadata as m, importlib.util as u, json, os
s = u.find_spec('tensorflow')
names = [d for d in ('tensorflow', 'tensorflow-cpu') if s and any(x.metadata['Name'] == d for x in m.distributions())]
cuda = bool(s) and os.path.isdir(os.path.join(os.path.dirname(os.path.dirname(s.origin)), 'nvidia'))
print(json.dumps({'folder': os.path.dirname(s.origin), 'version': m.version(names[0]), 'cuda': cuda} if names else None))
`;

/** A TensorFlow that python3 can import, if its version serves. */
export async function findTensorFlow(cuda: boolean): Promise<TensorFlowLibrary | undefined> {
  const printed = await runCommand('python3', ['-c', LOCATE]).catch(() => 'null');
  const found = JSON.parse(printed) as { folder: string; version: string; cuda: boolean } | null;
  if (found === null || (cuda && !found.cuda) || !isSupported(found.version)) return undefined;
  const complete = await Promise.all(['libtensorflow_cc.so.2', 'include'].map((name) => present(join(found.folder, name))));
  if (!complete.every(Boolean)) return undefined;
  return { version: found.version, folder: found.folder, from: 'machine', runtimePaths: await runtimePaths(found.folder, cuda) };
}

/** Whether the binding can be built against this version. */
export function isSupported(version: string): boolean {
  const [major, minor] = version.split('.').map(Number);
  return major === 2 && (minor ?? 0) >= OLDEST_MINOR;
}

const UNPACK = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel:
    wanted = ('tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2', 'tensorflow/include/')
    wheel.extractall(sys.argv[2], [n for n in wheel.namelist() if n.startswith(wanted)])
`;

/**
 * Downloads TensorFlow's wheel by pip and keeps its libraries and headers.
 * @throws EngineError when pip finds no wheel for this machine
 */
export async function downloadTensorFlow(
  folder: string,
  cuda: boolean,
  say: (sentence: string) => void,
): Promise<TensorFlowLibrary> {
  const target = join(folder, `tensorflow-${TENSORFLOW_VERSION}-${cuda ? 'cuda' : 'cpu'}`);
  const library = join(target, 'tensorflow');
  if (!(await present(target))) {
    say(`Downloading TensorFlow ${TENSORFLOW_VERSION} (${cuda ? 'about 3 GB' : 'about 270 MB'}).`);
    const temporary = await mkdtemp(join(folder, 'tensorflow-'));
    try {
      await (cuda ? installCudaWheels(temporary) : unpackCpuWheel(temporary));
      await rename(join(temporary, 'unpacked'), target);
    } catch (error) {
      const wanted = `${cuda ? 'tensorflow[and-cuda]' : 'tensorflow-cpu'} ${TENSORFLOW_VERSION}`;
      throw new EngineError(
        'ENGINE_DOWNLOAD',
        `pip can't install ${wanted} (${lastWords(error)}); check the network, the disk and that Python is 3.10 to 3.13.`,
        {
          cause: error,
        },
      );
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  }
  return { version: TENSORFLOW_VERSION, folder: library, from: 'wheel', runtimePaths: await runtimePaths(library, cuda) };
}

async function unpackCpuWheel(temporary: string): Promise<void> {
  const wheels = join(temporary, 'wheels');
  await runCommand('python3', [
    '-m',
    'pip',
    'download',
    '--quiet',
    '--no-deps',
    '--dest',
    wheels,
    `tensorflow-cpu==${TENSORFLOW_VERSION}`,
  ]);
  const wheel = (await readdir(wheels)).find((name) => name.endsWith('.whl')) ?? '';
  await runCommand('python3', ['-c', UNPACK, join(wheels, wheel), join(temporary, 'unpacked')]);
}

async function installCudaWheels(temporary: string): Promise<void> {
  const target = join(temporary, 'unpacked');
  await runCommand('python3', [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--target',
    target,
    `tensorflow[and-cuda]==${TENSORFLOW_VERSION}`,
  ]);
}

async function runtimePaths(library: string, cuda: boolean): Promise<string[]> {
  if (!cuda) return [library];
  const nvidia = join(library, '..', 'nvidia');
  const parts = await readdir(nvidia).catch(() => []);
  return [library, ...parts.map((part) => join(nvidia, part, 'lib'))];
}

async function present(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
