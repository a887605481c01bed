import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { engineFolder, findInstalledEngine } from './engine-folder.ts';

describe(engineFolder, () => {
  it.each([
    [{}, join(homedir(), '.cache/wenlan/engine')],
    [{ XDG_CACHE_HOME: '/cache' }, '/cache/wenlan/engine'],
    [{ XDG_CACHE_HOME: '', WENLAN_ENGINE_DIR: '' }, join(homedir(), '.cache/wenlan/engine')],
    [{ XDG_CACHE_HOME: '/cache', WENLAN_ENGINE_DIR: '/engines/one' }, '/engines/one'],
    [{ WENLAN_ENGINE_DIR: 'engines' }, join(process.cwd(), 'engines')],
  ])('%j: %s', (environment, folder) => expect(engineFolder(environment)).toBe(folder));
});

describe(findInstalledEngine, () => {
  let folder: string;
  const part = (name: string): string => join(folder, name);
  const whole = (): Record<string, unknown> => ({
    tensorflowVersion: '2.21.0',
    tensorflowFolder: part('tensorflow'),
    tensorflowFrom: 'wheel',
    cuda: false,
    packageFolder: part('package'),
    bindingFile: part('tfjs_binding.node'),
  });
  const write = (text: string): Promise<void> => writeFile(part('engine.json'), text);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wenlan-folder-'));
    for (const name of ['tensorflow', 'package']) await mkdir(part(name));
    for (const name of ['tensorflow/libtensorflow_cc.so.2', 'package/package.json', 'tfjs_binding.node']) {
      await writeFile(part(name), '');
    }
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('gives the record of an engine that is whole', async () => {
    await write(JSON.stringify(whole()));
    expect(await findInstalledEngine(folder)).toEqual({ record: whole() });
  });

  it('says that there is none', async () => {
    const problem = `There is no TensorFlow engine in ${folder}`;
    expect(await findInstalledEngine(folder)).toEqual({ record: undefined, problem });
  });

  it('says that the file can not be read', async () => {
    await mkdir(part('engine.json'));
    expect(await findInstalledEngine(folder)).toMatchObject({ problem: `${part('engine.json')} can't be read (EISDIR)` });
  });

  it.each(['', 'null', '[]', '{"tensorflowVersion":', '{}', '{"cuda": false}'])('says that %j is damaged', async (text) => {
    await write(text);
    expect(await findInstalledEngine(folder)).toEqual({ record: undefined, problem: `${part('engine.json')} is damaged` });
  });

  it.each(['tfjs_binding.node', 'package/package.json', 'tensorflow/libtensorflow_cc.so.2'])('names a lost %s', async (name) => {
    await write(JSON.stringify(whole()));
    await rm(part(name));
    const problem = `The engine in ${folder} has lost ${part(name)}`;
    expect(await findInstalledEngine(folder)).toEqual({ record: undefined, problem });
  });
});
