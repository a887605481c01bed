import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Sandbox, createSandbox, installedEngine } from '../test/support/sandbox.ts';
import { runCommand } from './run-command.ts';
import { downloadTensorFlow, findTensorFlow, isSupported, pipArguments, runtimePaths } from './tensorflow-library.ts';

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await createSandbox();
  for (const [name, value] of Object.entries(sandbox.env)) vi.stubEnv(name, value);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await sandbox.remove();
});

describe(isSupported, () => {
  it.each([
    ['2.15.1', false],
    ['2.16.0', true],
    ['2.21.0', true],
    ['3.0.0', false],
    ['', false],
  ])('%s: %s', (version, expected) => expect(isSupported(version)).toBe(expected));
});

describe(findTensorFlow, () => {
  beforeEach(() => sandbox.realTool('python3'));

  const withVersion = async (version?: string): Promise<string> => {
    const site = await sandbox.pythonWithTensorFlow(version);
    vi.stubEnv('PYTHONPATH', site);
    return site;
  };

  it('finds the one that python3 would import, without importing it', async () => {
    const site = await withVersion();
    const { tensorflowVersion } = await installedEngine();
    expect(await findTensorFlow(false)).toEqual({
      version: tensorflowVersion,
      folder: join(site, 'tensorflow'),
      from: 'machine',
    });
  });

  it('passes over one that is too old', async () => {
    await withVersion('2.15.1');
    expect(await findTensorFlow(false)).toBeUndefined();
  });

  it('passes over one without the C++ headers', async () => {
    await rm(join(await withVersion(), 'tensorflow', 'include'));
    expect(await findTensorFlow(false)).toBeUndefined();
  });

  it('wants NVIDIA wheels beside it for CUDA', async () => {
    const site = await withVersion();
    expect(await findTensorFlow(true)).toBeUndefined();
    await mkdir(join(site, 'nvidia'));
    expect(await findTensorFlow(true)).toMatchObject({ folder: join(site, 'tensorflow') });
  });

  it('finds none where python3 fails', async () => {
    await sandbox.fakeTool('python3', 'process.exit(1)');
    expect(await findTensorFlow(false)).toBeUndefined();
  });
});

describe(runtimePaths, () => {
  it("is TensorFlow's folder, and for CUDA the libraries of NVIDIA's wheels beside it", async () => {
    const library = join(sandbox.root, 'tensorflow');
    for (const part of ['cudnn/lib', 'cublas/lib', 'cuda_nvcc/bin']) {
      await mkdir(join(sandbox.root, 'nvidia', part), { recursive: true });
    }
    await writeFile(join(sandbox.root, 'nvidia', '__init__.py'), '');
    expect(await runtimePaths(library, false)).toEqual([library]);
    const nvidia = join(sandbox.root, 'nvidia');
    expect(await runtimePaths(library, true)).toEqual([library, join(nvidia, 'cublas/lib'), join(nvidia, 'cudnn/lib')]);
  });

  it('is the folder alone where there are no such wheels', async () => {
    expect(await runtimePaths('/nowhere/tensorflow', true)).toEqual(['/nowhere/tensorflow']);
  });
});

describe(pipArguments, () => {
  const anyPython = ['--quiet', '--only-binary=:all:', '--implementation=cp', '--python-version=3.12', '--abi=cp312'];

  it('downloads the wheel for the CPU alone', () => {
    const expected = ['-m', 'pip', 'download', ...anyPython, '--no-deps', '--dest', '/w', 'tensorflow-cpu==2.21.0'];
    expect(pipArguments(false, '/w')).toEqual(expected);
  });

  it('installs the one for CUDA with all it needs', () => {
    const expected = ['-m', 'pip', 'install', ...anyPython, '--target', '/w', 'tensorflow[and-cuda]==2.21.0'];
    expect(pipArguments(true, '/w')).toEqual(expected);
  });
});

// pip itself, which is told to look into a folder instead of the network.
describe(downloadTensorFlow, () => {
  const MAKE_WHEEL = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1] + '/tensorflow_cpu-2.21.0-py3-none-any.whl', 'w') as wheel:
    for name in sys.argv[2:]: wheel.writestr(name, name)
    info = 'tensorflow_cpu-2.21.0.dist-info/'
    wheel.writestr(info + 'METADATA', 'Metadata-Version: 2.1\\nName: tensorflow_cpu\\nVersion: 2.21.0\\nRequires-Dist: nothing-of-the-kind\\n')
    wheel.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
    wheel.writestr(info + 'RECORD', '')
`;
  const library = 'tensorflow/libtensorflow_cc.so.2';
  const header = 'tensorflow/include/tensorflow/c/c_api.h';

  beforeEach(async () => {
    await sandbox.realTool('python3');
    await mkdir(sandbox.engine);
    vi.stubEnv('PIP_CONFIG_FILE', '/dev/null');
    vi.stubEnv('PIP_NO_INDEX', '1');
    vi.stubEnv('PIP_FIND_LINKS', sandbox.root);
  });

  it('keeps the libraries and headers of the wheel, and downloads once', async () => {
    await runCommand('python3', ['-c', MAKE_WHEEL, sandbox.root, library, header, 'tensorflow/python/big.so']);
    const said: string[] = [];
    const found = await downloadTensorFlow(sandbox.engine, false, (sentence) => said.push(sentence));
    expect(found).toEqual({ version: '2.21.0', folder: join(sandbox.engine, 'tensorflow-2.21.0-cpu/tensorflow'), from: 'wheel' });
    expect(await readFile(join(found.folder, '../', library), 'utf8')).toBe(library);
    expect(await readFile(join(found.folder, '../', header), 'utf8')).toBe(header);
    expect(await readdir(found.folder)).not.toContain('python');
    expect(await readdir(sandbox.engine)).toEqual(['tensorflow-2.21.0-cpu']);
    expect(await downloadTensorFlow(sandbox.engine, false, (sentence) => said.push(sentence))).toEqual(found);
    expect(said).toEqual(['Downloading TensorFlow 2.21.0 (about 270 MB).']);
  });

  it('says what pip said where there is no wheel for this machine', async () => {
    await expect(downloadTensorFlow(sandbox.engine, false, () => {})).rejects.toMatchObject({
      code: 'ENGINE_DOWNLOAD',
      exitStatus: 2,
      message: expect.stringMatching(
        /^pip can't get tensorflow-cpu 2\.21\.0 \(ERROR: .*tensorflow-cpu==2\.21\.0.*\); check the network, the disk, and that this is Linux with glibc 2\.27 or newer\.$/,
      ) as string,
    });
    expect(await readdir(sandbox.engine)).toEqual([]);
  });
});
