import { spawnSync } from 'node:child_process';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Sandbox, copyingCompiler, createSandbox, installedEngine, withFetchedPackage } from '../test/support/sandbox.ts';
import { engineStatus } from './status.ts';
import { installEngine } from './install.ts';

const WORKS = 'process.exit(0)';
let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await createSandbox();
  for (const [name, value] of Object.entries(sandbox.env)) vi.stubEnv(name, value);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await sandbox.remove();
});

/** python3 with a TensorFlow and pip, npm, and a package that is there: only g++ is missing. */
async function prepareAllButCompiler(): Promise<void> {
  await sandbox.realTool('python3');
  await sandbox.fakeTool('npm', WORKS);
  await withFetchedPackage(sandbox);
  vi.stubEnv('PYTHONPATH', await sandbox.pythonWithTensorFlow());
}

describe('missing tools', () => {
  it.each([
    { tools: [], missing: 'python3', mend: 'install Python 3 with pip (Debian: python3-pip)' },
    { tools: ['python3'], missing: 'g++', mend: 'install a C++ compiler (Debian: g++)' },
    { tools: ['python3', 'g++'], missing: 'npm', mend: 'install npm' },
  ])('names $missing, what to install, and the stock installer', async ({ tools, missing, mend }) => {
    for (const tool of tools) await sandbox.fakeTool(tool, WORKS);
    await expect(installEngine()).rejects.toMatchObject({
      name: 'EngineError',
      code: 'ENGINE_TOOLS',
      exitStatus: 2,
      message:
        `${missing} doesn't run here: ${mend} and run \`wenlan engine install\` again, or let the package's own installer ` +
        'bring an older, slower TensorFlow into this folder: `npm install @tensorflow/tfjs-node@4.22.0`.',
    });
    await expect(readdir(sandbox.engine)).rejects.toThrow('ENOENT');
  });

  it('offers the stock package for a GPU where CUDA was asked for', async () => {
    await expect(installEngine({ cuda: true })).rejects.toThrow('`npm install @tensorflow/tfjs-node-gpu@4.22.0`');
  });

  it('names pip where python3 is there without it', async () => {
    for (const tool of ['g++', 'npm']) await sandbox.fakeTool(tool, WORKS);
    await sandbox.fakeTool('python3', "if (process.argv.includes('pip')) process.exit(1); console.log('null');");
    await expect(installEngine()).rejects.toMatchObject({
      code: 'ENGINE_TOOLS',
      message:
        'python3 has no pip to download TensorFlow with: install it (Debian: python3-pip) and run `wenlan engine install` again.',
    });
  });
});

describe('a folder that cannot be written', () => {
  it('is named, with the way to another', async () => {
    for (const tool of ['python3', 'g++', 'npm']) await sandbox.fakeTool(tool, WORKS);
    await writeFile(join(sandbox.root, 'file'), '');
    vi.stubEnv('WENLAN_ENGINE_DIR', join(sandbox.root, 'file', 'engine'));
    await expect(installEngine()).rejects.toMatchObject({
      code: 'ENGINE_FOLDER',
      message: `The engine's folder ${join(sandbox.root, 'file', 'engine')} can't be written (ENOTDIR); set WENLAN_ENGINE_DIR to another.`,
    });
  });
});

describe('the npm package', () => {
  beforeEach(async () => {
    await prepareAllButCompiler();
    await rm(sandbox.engine, { recursive: true });
    await sandbox.fakeTool('g++', WORKS);
  });

  it('that npm cannot fetch: says what npm said', async () => {
    await sandbox.fakeTool(
      'npm',
      `if (process.argv[2] === 'pack') {
        console.error('npm error code ECONNREFUSED\\nnpm error FetchError: request failed, reason: connect ECONNREFUSED');
        console.error('npm error A complete log of this run can be found in: x.log');
        process.exit(1);
      }`,
    );
    await expect(installEngine()).rejects.toMatchObject({
      code: 'ENGINE_FETCH',
      message:
        "npm can't fetch @tensorflow/tfjs-node-gpu@4.22.0 (npm error FetchError: request failed, reason: connect ECONNREFUSED); " +
        'check the network and try again.',
    });
    expect(await readdir(sandbox.engine)).toEqual([]);
  });

  it('that npm does not write: says so', async () => {
    await expect(installEngine()).rejects.toThrow("npm can't fetch @tensorflow/tfjs-node-gpu@4.22.0 (it wrote no .tgz)");
  });

  it('with another checksum: is refused and not kept', async () => {
    await sandbox.fakeTool(
      'npm',
      `const at = process.argv.indexOf('--pack-destination');
       if (at > 0) require('node:fs').writeFileSync(process.argv[at + 1] + '/tensorflow-tfjs-node-gpu-4.22.0.tgz', 'other');`,
    );
    await expect(installEngine()).rejects.toMatchObject({
      code: 'ENGINE_INTEGRITY',
      message: expect.stringMatching(/came with a wrong checksum \(sha512-[\w+/=]+\); check npm's registry setting\.$/) as string,
    });
    expect(await readdir(sandbox.engine)).toEqual([]);
  });
});

describe('a compiler that fails', () => {
  it('is quoted, and its whole message kept', async () => {
    await prepareAllButCompiler();
    await sandbox.fakeTool(
      'g++',
      `if (process.argv[2] !== '--version') {
        console.error("binding/tfjs_backend.cc:1:10: fatal error: node_api.h: No such file\\n 1 | #include\\ncompilation terminated.");
        process.exit(1);
      }`,
    );
    const log = join(sandbox.engine, 'build.log');
    await expect(installEngine()).rejects.toMatchObject({
      code: 'ENGINE_BUILD',
      message: expect.stringContaining(
        '(binding/tfjs_backend.cc:1:10: fatal error: node_api.h: No such file); ' +
          `g++ 9 or newer is needed, and ${log} has everything it said.`,
      ) as string,
    });
    expect(await readFile(log, 'utf8')).toContain('compilation terminated.');
    expect((await readdir(sandbox.engine)).toSorted()).toEqual(['build.log', 'tfjs-node-gpu-4.22.0']);
    expect((await engineStatus()).record).toBeUndefined();
  });
});

describe('a binding that cannot be loaded', () => {
  it('is named and not put into use', async () => {
    await prepareAllButCompiler();
    await sandbox.fakeTool(
      'g++',
      `const at = process.argv.indexOf('-o'); if (at > 0) require('node:fs').writeFileSync(process.argv[at + 1], 'short');`,
    );
    await expect(installEngine()).rejects.toMatchObject({
      code: 'ENGINE_BROKEN',
      message: expect.stringMatching(/can't be loaded \(.+\): remove .+ and run `wenlan engine install`\.$/) as string,
    });
    expect((await readdir(sandbox.engine)).toSorted()).toEqual(['bindings', 'tfjs-node-gpu-4.22.0']);
  });
});

// An installation that comes to its end loads TensorFlow, of which a process has one: each has a process of its own.
describe('an installation', () => {
  const INSTALL = 'console.log(JSON.stringify(await engine.installEngine({ onProgress: console.error })));';
  let log: string;
  let site: string;

  beforeEach(async () => {
    await sandbox.realTool('python3');
    await sandbox.fakeTool('npm', WORKS);
    await withFetchedPackage(sandbox);
    site = await sandbox.pythonWithTensorFlow();
    log = join(sandbox.root, 'compiler.log');
    await sandbox.fakeTool('g++', await copyingCompiler(log));
  });

  const linked = async (): Promise<number> =>
    (await readFile(log, 'utf8')).split('\n').filter((line) => line.endsWith('-o tfjs_binding.node')).length;

  it('uses the TensorFlow that the machine has; the second does nothing', async () => {
    const { tensorflowVersion } = await installedEngine();
    await mkdir(join(sandbox.engine, 'partial-killed'));
    const { stdout, stderr } = await sandbox.run(
      `const said = [];
       const first = await engine.installEngine({ onProgress: (sentence) => said.push(sentence) });
       const second = await engine.installEngine({ onProgress: (sentence) => said.push('again: ' + sentence) });
       const status = await engine.engineStatus();
       const info = await engine.loadEngine();
       console.log(JSON.stringify({ said, first, second, status, info }));`,
      { env: { PYTHONPATH: site } },
    );
    expect(stdout, stderr).toMatch(/^\{/);
    const result = JSON.parse(stdout) as Record<'first' | 'second', object> & {
      said: string[];
      status: { sentence: string };
      info: object;
    };
    expect(result.said).toEqual([
      `Building the binding against TensorFlow ${tensorflowVersion}.`,
      'Proving the engine with a product and a convolution gradient.',
    ]);
    expect(result.first).toMatchObject({ tensorflowFrom: 'machine', tensorflowFolder: join(site, 'tensorflow'), cuda: false });
    expect(result.second).toEqual(result.first);
    expect(result.status.sentence).toBe(
      `TensorFlow ${tensorflowVersion} for the CPU, which this machine had, in ${join(site, 'tensorflow')}.`,
    );
    expect(result.info).toMatchObject({ tensorflowVersion, captures: true });
    expect(await linked()).toBe(1);
    expect(await readFile(log, 'utf8')).toContain(`-Wl,-rpath,${join(site, 'tensorflow')} `);
    expect((await readdir(sandbox.engine)).toSorted()).toEqual(['bindings', 'engine.json', 'tfjs-node-gpu-4.22.0']);
  });

  it('beside another waits for it and builds nothing', async () => {
    const options = { env: { PYTHONPATH: site } };
    const both = await Promise.all([sandbox.run(INSTALL, options), sandbox.run(INSTALL, options)]);
    expect(both.map(({ status, stderr }) => ({ status, stderr: status === 0 ? '' : stderr }))).toEqual([
      { status: 0, stderr: '' },
      { status: 0, stderr: '' },
    ]);
    expect(both[0].stdout).toBe(both[1].stdout);
    expect(await linked()).toBe(1);
  });

  it('mends a damaged engine.json and a binding that has gone', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    await writeFile(join(sandbox.engine, 'install.lock'), String(pid));
    await writeFile(join(sandbox.engine, 'engine.json'), '{"tensorflowVersion": "2.2');
    const { stdout, stderr } = await sandbox.run(
      `import { rm } from 'node:fs/promises';
       const damaged = await engine.engineStatus();
       const { bindingFile } = await engine.installEngine();
       await rm(bindingFile);
       const gone = await engine.engineStatus();
       await engine.installEngine();
       const mended = await engine.engineStatus();
       console.log(JSON.stringify([damaged, gone, mended]));`,
      { env: { PYTHONPATH: site } },
    );
    expect(stdout, stderr).toMatch(/^\[/);
    const [damaged, gone, mended] = JSON.parse(stdout) as { sentence: string; record?: { bindingFile: string } }[];
    expect(damaged!.sentence).toBe(`${join(sandbox.engine, 'engine.json')} is damaged; run \`wenlan engine install\`.`);
    expect(gone!.sentence).toBe(
      `The engine in ${sandbox.engine} has lost ${mended!.record!.bindingFile}; run \`wenlan engine install\`.`,
    );
    expect(await linked()).toBe(2);
  });

  it("for CUDA is linked to NVIDIA's libraries, and stays when no kind is asked for", async () => {
    const cudnn = join(site, 'nvidia/cudnn/lib');
    await mkdir(cudnn, { recursive: true });
    const { stdout, stderr } = await sandbox.run(
      `const installed = await engine.installEngine({ cuda: true });
       const again = await engine.installEngine();
       console.log(JSON.stringify({ installed, again, status: await engine.engineStatus() }));`,
      { env: { PYTHONPATH: site } },
    );
    expect(stdout, stderr).toMatch(/^\{/);
    const { installed, again, status } = JSON.parse(stdout) as Record<'installed' | 'again', object> & {
      status: { sentence: string };
    };
    expect(installed).toMatchObject({ cuda: true, tensorflowFrom: 'machine' });
    expect(again).toEqual(installed);
    expect(status.sentence).toContain(' for CUDA, which this machine had, in ');
    expect(await readFile(log, 'utf8')).toContain(`-Wl,-rpath,${join(site, 'tensorflow')} -Wl,-rpath,${cudnn} `);
    expect(await linked()).toBe(1);
  });

  it('that a real compiler builds runs and captures', { timeout: 180_000 }, async () => {
    await rm(join(sandbox.bin, 'g++'));
    await sandbox.realTool('g++');
    const { stdout, stderr } = await sandbox.run(
      `await engine.installEngine();
       console.log(JSON.stringify(await engine.loadEngine()));`,
      // g++ starts its assembler and linker by PATH.
      { env: { PYTHONPATH: site, PATH: `${sandbox.bin}:/usr/local/bin:/usr/bin:/bin` } },
    );
    expect(stdout, stderr).toMatch(/^\{/);
    expect(JSON.parse(stdout)).toMatchObject({ captures: true, device: 'cpu' });
    expect(stderr).toBe('');
  });
});
