import { mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError } from './engine-error.ts';
import { exists } from './engine-folder.ts';
import { commandWorks, complaint, runCommand } from './run-command.ts';

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
}

const LOCATE = `
import importlib.metadata as metadata, importlib.util, json, os
def version(name):
    try: return metadata.version(name)
    except metadata.PackageNotFoundError: return None
spec = importlib.util.find_spec('tensorflow')
found = None
if spec and spec.origin:
    folder = os.path.dirname(spec.origin)
    cuda = os.path.isdir(os.path.join(os.path.dirname(folder), 'nvidia'))
    found = {'folder': folder, 'version': version('tensorflow') or version('tensorflow-cpu') or '', 'cuda': cuda}
print(json.dumps(found))
`;

/** A TensorFlow that python3 can import, if its version serves. */
export async function findTensorFlow(cuda: boolean): Promise<TensorFlowLibrary | undefined> {
  const printed = await runCommand('python3', ['-c', LOCATE]).catch(() => 'null');
  const found = JSON.parse(printed) as { folder: string; version: string; cuda: boolean } | null;
  if (found === null || (cuda && !found.cuda) || !isSupported(found.version)) return undefined;
  const complete = await Promise.all(['libtensorflow_cc.so.2', 'include'].map((name) => exists(join(found.folder, name))));
  if (!complete.every(Boolean)) return undefined;
  return { version: found.version, folder: found.folder, from: 'machine' };
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
 * @throws EngineError when there is no pip, or pip finds no wheel for this machine
 */
export async function downloadTensorFlow(
  folder: string,
  cuda: boolean,
  say: (sentence: string) => void,
): Promise<TensorFlowLibrary> {
  const target = join(folder, `tensorflow-${TENSORFLOW_VERSION}-${cuda ? 'cuda' : 'cpu'}`);
  const library: TensorFlowLibrary = { version: TENSORFLOW_VERSION, folder: join(target, 'tensorflow'), from: 'wheel' };
  if (await exists(target)) return library;
  if (!(await commandWorks('python3', ['-m', 'pip', '--version']))) {
    throw new EngineError(
      'ENGINE_TOOLS',
      'python3 has no pip to download TensorFlow with: install it (Debian: python3-pip) and run `wenlan engine install` again.',
    );
  }
  say(`Downloading TensorFlow ${TENSORFLOW_VERSION} (${cuda ? 'about 3 GB' : 'about 270 MB'}).`);
  const temporary = await mkdtemp(join(folder, 'partial-'));
  const unpacked = join(temporary, 'unpacked');
  try {
    await runCommand('python3', pipArguments(cuda, cuda ? unpacked : temporary));
    if (!cuda) {
      const wheel = (await readdir(temporary)).find((name) => name.endsWith('.whl')) ?? '';
      await runCommand('python3', ['-c', UNPACK, join(temporary, wheel), unpacked]);
    }
    await rename(unpacked, target);
  } catch (error) {
    const wanted = `${cuda ? 'tensorflow[and-cuda]' : 'tensorflow-cpu'} ${TENSORFLOW_VERSION}`;
    throw new EngineError(
      'ENGINE_DOWNLOAD',
      `pip can't get ${wanted} (${complaint(error)}); check the network, the disk, and that this is Linux with glibc 2.27 or newer.`,
      { cause: error },
    );
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return library;
}

/**
 * What `python3` is called with to get TensorFlow into a folder: the CPU's wheel as a file, CUDA's wheels unpacked.
 * Only the C++ libraries are used, which are the same for every Python: naming one keeps a too old or too new python3 from mattering.
 */
export function pipArguments(cuda: boolean, folder: string): string[] {
  const anyPython = ['--quiet', '--only-binary=:all:', '--implementation=cp', '--python-version=3.12', '--abi=cp312'];
  return cuda
    ? ['-m', 'pip', 'install', ...anyPython, '--target', folder, `tensorflow[and-cuda]==${TENSORFLOW_VERSION}`]
    : ['-m', 'pip', 'download', ...anyPython, '--no-deps', '--dest', folder, `tensorflow-cpu==${TENSORFLOW_VERSION}`];
}

/**
 * Where the dynamic linker looks for the binding's libraries: TensorFlow's folder and, for CUDA, those of NVIDIA's wheels beside it.
 * TensorFlow's own libraries carry rpaths to the same wheels; ours make a layout that differs from theirs work too.
 */
export async function runtimePaths(library: string, cuda: boolean): Promise<string[]> {
  if (!cuda) return [library];
  const nvidia = join(library, '..', 'nvidia');
  const parts: string[] = await readdir(nvidia).catch(() => []);
  const folders = parts.toSorted().map((part) => join(nvidia, part, 'lib'));
  const present = await Promise.all(folders.map(exists));
  return [library, ...folders.filter((_folder, index) => present[index])];
}
