import { execFile, spawnSync } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { type EngineRecord, engineFolder, findInstalledEngine } from '../../src/engine-folder.ts';

const INDEX = new URL('../../src/index.ts', import.meta.url).href;
const TSX = import.meta.resolve('tsx');
/** As they are before a test stubs the environment. */
const MACHINE = { ...process.env };
const MACHINE_ENGINE = engineFolder();

/** What a child process left. */
export interface Finished {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** An empty engine folder, and a PATH that holds only what a test puts there. */
export interface Sandbox {
  root: string;
  /** The child's WENLAN_ENGINE_DIR; not made yet. */
  engine: string;
  /** The child's only PATH. */
  bin: string;
  env: Record<string, string>;
  /** Makes a command of JavaScript (CommonJS). */
  fakeTool(name: string, code: string): Promise<void>;
  /** Passes on to a command of this machine. */
  realTool(name: 'python3' | 'g++' | 'npm'): Promise<void>;
  /** A folder for PYTHONPATH from which python3 imports the TensorFlow that the tests run on. */
  pythonWithTensorFlow(version?: string): Promise<string>;
  /** Runs a module whose first line imports everything of @wenlan/engine as `engine`; `stdout` is what it prints. */
  run(code: string, options?: { cwd?: string; env?: Record<string, string> }): Promise<Finished>;
  remove(): Promise<void>;
}

export async function createSandbox(): Promise<Sandbox> {
  const root = await mkdtemp(join(tmpdir(), 'wenlan-engine-'));
  const bin = join(root, 'bin');
  await mkdir(bin);
  const engine = join(root, 'engine');
  const env = { PATH: bin, WENLAN_ENGINE_DIR: engine, HOME: root };
  return {
    root,
    engine,
    bin,
    env,
    async fakeTool(name, code) {
      await writeFile(join(bin, name), `#!${process.execPath}\n${code}\n`);
      await chmod(join(bin, name), 0o755);
    },
    async realTool(name) {
      await writeFile(join(bin, name), `#!/bin/sh\nexec '${findTool(name)}' "$@"\n`);
      await chmod(join(bin, name), 0o755);
    },
    async pythonWithTensorFlow(version) {
      const { tensorflowFolder, tensorflowVersion } = await installedEngine();
      const site = join(root, 'site-packages');
      const information = join(site, `tensorflow_cpu-${version ?? tensorflowVersion}.dist-info`);
      await mkdir(join(site, 'tensorflow'), { recursive: true });
      await mkdir(information);
      await writeFile(
        join(information, 'METADATA'),
        `Metadata-Version: 2.1\nName: tensorflow_cpu\nVersion: ${version ?? tensorflowVersion}\n`,
      );
      await writeFile(join(site, 'tensorflow', '__init__.py'), 'raise ImportError("nobody need import it")\n');
      for (const part of ['include', 'libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']) {
        await symlink(join(tensorflowFolder, part), join(site, 'tensorflow', part));
      }
      return site;
    },
    run(code, options = {}) {
      const program = `import * as engine from ${JSON.stringify(INDEX)};\n${code}`;
      const args = ['--conditions=@wenlan/source', '--import', TSX, '--input-type=module', '--eval', program];
      const settings = { cwd: options.cwd ?? root, env: { ...env, ...options.env } };
      return new Promise((resolve) => {
        const child = execFile(process.execPath, args, settings, (_error, stdout, stderr) =>
          resolve({ status: child.exitCode, stdout, stderr }),
        );
      });
    },
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

/** The engine that these tests run on; `npm test` installs one. */
export async function installedEngine(): Promise<EngineRecord> {
  const installed = await findInstalledEngine(MACHINE_ENGINE);
  if (installed.record) return installed.record;
  throw new Error(`These tests need an engine: ${installed.problem}; run \`wenlan engine install\`.`);
}

/** Puts the npm package of the installed engine where an installation would unpack it, so that nothing is fetched. */
export async function withFetchedPackage(sandbox: Sandbox): Promise<void> {
  const { packageFolder } = await installedEngine();
  await mkdir(sandbox.engine, { recursive: true });
  await symlink(packageFolder, join(sandbox.engine, basename(packageFolder)));
}

/** A g++ that writes its arguments to `log`, compiles nothing, and links by copying from the installed engine. */
export async function copyingCompiler(log: string): Promise<string> {
  const { bindingFile } = await installedEngine();
  return `const { appendFileSync, copyFileSync, writeFileSync } = require('node:fs');
    const args = process.argv.slice(2);
    appendFileSync(${JSON.stringify(log)}, args.join(' ') + '\\n');
    const out = args[args.indexOf('-o') + 1];
    if (args.includes('-shared')) copyFileSync(${JSON.stringify(dirname(bindingFile))} + '/' + out, out);
    else if (args.includes('-c')) writeFileSync(out, '');`;
}

function findTool(name: string): string {
  // A python3 that is a shell script of a version manager doesn't work outside of its PATH.
  const search = name === 'python3' ? [name, '-c', 'import sys; print(sys.executable)'] : ['/bin/sh', '-c', `command -v ${name}`];
  const { stdout, error } = spawnSync(search[0]!, search.slice(1), { env: MACHINE, encoding: 'utf8' });
  if (error || stdout === '') throw new Error(`These tests need ${name}, which isn't in ${MACHINE['PATH']}.`);
  return stdout.trim();
}

/** A folder with a stock @tensorflow/tfjs-node in node_modules. */
export interface StockProject {
  project: string;
  packageFolder: string;
  bindingFile: string;
  /** Rewrites the package's version. */
  describeAs(version: string): Promise<void>;
}

/** The stock package's own TensorFlow would have to be downloaded: ours stands in for it, with a binding that lacks our patch. */
export async function createStockProject(sandbox: Sandbox): Promise<StockProject> {
  const installed = await installedEngine();
  const project = join(sandbox.root, 'project');
  const packageFolder = join(project, 'node_modules/@tensorflow/tfjs-node');
  const bindingFile = join(packageFolder, 'lib/napi-v8/tfjs_binding.node');
  await cp(installed.packageFolder, packageFolder, { recursive: true });
  await mkdir(dirname(bindingFile), { recursive: true });
  const patched = (await readFile(installed.bindingFile)).toString('latin1');
  await writeFile(bindingFile, Buffer.from(patched.replace('\0inferOutputs\0', '\0xnferOutputs\0'), 'latin1'));
  const describeAs = (version: string): Promise<void> =>
    writeFile(join(packageFolder, 'package.json'), JSON.stringify({ name: '@tensorflow/tfjs-node', version }));
  await describeAs('4.22.0');
  return { project, packageFolder, bindingFile, describeAs };
}
