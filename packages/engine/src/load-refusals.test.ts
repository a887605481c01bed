import { mkdir, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Sandbox, createSandbox, createStockProject, installedEngine } from '../test/support/sandbox.ts';
import { loadEngine } from './load.ts';
import { engineStatus } from './status.ts';
import { findStockPackage } from './stock-package.ts';

// A process loads TensorFlow once; in this file none ever comes to be loaded.
let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await createSandbox();
  vi.stubEnv('WENLAN_ENGINE_DIR', sandbox.engine);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await sandbox.remove();
});

it('nothing is installed: says what to run', async () => {
  const message = `There is no TensorFlow engine in ${sandbox.engine}; run \`wenlan engine install\`.`;
  await expect(loadEngine()).rejects.toMatchObject({ name: 'EngineError', code: 'ENGINE_MISSING', exitStatus: 2, message });
  expect(await engineStatus()).toEqual({ folder: sandbox.engine, record: undefined, stock: undefined, sentence: message });
});

it('engine.json is damaged: says so', async () => {
  await mkdir(sandbox.engine);
  await writeFile(join(sandbox.engine, 'engine.json'), '{');
  const message = `${join(sandbox.engine, 'engine.json')} is damaged; run \`wenlan engine install\`.`;
  await expect(loadEngine()).rejects.toMatchObject({ code: 'ENGINE_MISSING', message });
});

it('the binding is damaged: names it, the reason and the mend', async () => {
  const folder = join(sandbox.engine, 'bindings/key');
  const bindingFile = join(folder, 'tfjs_binding.node');
  await mkdir(folder, { recursive: true });
  await writeFile(bindingFile, 'short');
  const record = { ...(await installedEngine()), bindingFile };
  await writeFile(join(sandbox.engine, 'engine.json'), JSON.stringify(record));
  await expect(loadEngine()).rejects.toMatchObject({ code: 'ENGINE_BROKEN', exitStatus: 2 });
  await expect(loadEngine()).rejects.toThrow(`${bindingFile} can't be loaded (`);
  await expect(loadEngine()).rejects.toThrow(`): remove ${folder} and run \`wenlan engine install\`.`);
  expect((await engineStatus()).sentence).toContain(`in ${record.tensorflowFolder}.`);
});

it("a stock package's binding is damaged: names it and the mend", async () => {
  const { project, bindingFile } = await createStockProject(sandbox);
  await writeFile(bindingFile, 'short');
  vi.spyOn(process, 'cwd').mockReturnValue(project);
  await expect(loadEngine()).rejects.toMatchObject({ code: 'ENGINE_BROKEN' });
  await expect(loadEngine()).rejects.toThrow(`${await realpath(bindingFile)} can't be loaded (`);
  await expect(loadEngine()).rejects.toThrow('): run `npm rebuild @tensorflow/tfjs-node`, or `wenlan engine install`.');
});

it('a stock package of another version, or whose install script did not run, is none', async () => {
  const { project, packageFolder, bindingFile } = await createStockProject(sandbox);
  expect(await findStockPackage(project)).toMatchObject({ name: '@tensorflow/tfjs-node', bindingFile });
  await rm(join(packageFolder, 'lib'), { recursive: true });
  expect(await findStockPackage(project)).toBeUndefined();
  const other = await createStockProject({ ...sandbox, root: join(sandbox.root, 'other') });
  await other.describeAs('3.21.0');
  expect(await findStockPackage(other.project)).toBeUndefined();
  expect(await findStockPackage(sandbox.root)).toBeUndefined();
});
