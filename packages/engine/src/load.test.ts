import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, createSandbox, createStockProject, installedEngine } from '../test/support/sandbox.ts';
import { loadEngine, loadRecord, tf } from './load.ts';

describe(loadEngine, () => {
  let sandbox: Sandbox;

  beforeEach(async () => {
    sandbox = await createSandbox();
  });

  afterEach(() => sandbox.remove());

  it('makes TensorFlow the backend, and gives the same again', async () => {
    const info = await loadEngine();
    expect(tf.getBackend()).toBe('tensorflow');
    expect(info.captures).toBe(true);
    expect(await loadEngine()).toBe(info);
  });

  it.each([
    { level: undefined, said: /^$/ },
    { level: '0', said: /./ },
  ])('TF_CPP_MIN_LOG_LEVEL $level: standard error holds $said', async ({ level, said }) => {
    await mkdir(sandbox.engine);
    await writeFile(join(sandbox.engine, 'engine.json'), JSON.stringify(await installedEngine()));
    const { stdout, stderr } = await sandbox.run('console.log((await engine.loadEngine()).captures); console.error("after");', {
      env: level === undefined ? {} : { TF_CPP_MIN_LOG_LEVEL: level },
    });
    expect(stdout).toBe('true\n');
    expect(stderr.endsWith('after\n')).toBe(true);
    expect(stderr.slice(0, -'after\n'.length)).toMatch(said);
  });

  it('takes a stock package where no engine is installed; a captured step then runs eagerly', async () => {
    const { project, packageFolder, bindingFile } = await createStockProject(sandbox);
    const { stdout, stderr } = await sandbox.run(
      `const { sentence, record, stock } = await engine.engineStatus();
       const info = await engine.loadEngine();
       const { tf } = engine;
       const weight = tf.variable(tf.scalar(1));
       const step = engine.capture((x) => { weight.assign(tf.add(weight, x)); return tf.mul(weight, 2); });
       const results = [1, 2, 3].map((x) => step(tf.scalar(x)).dataSync()[0]);
       console.log(JSON.stringify({ sentence, record, stock, info, results, programs: step.programs }));`,
      { cwd: project },
    );
    expect(stdout, stderr).toMatch(/^\{/);
    expect(JSON.parse(stdout)).toEqual({
      sentence: `The TensorFlow of ${packageFolder}, which runs every step eagerly; \`wenlan engine install\` builds a faster engine.`,
      stock: { name: '@tensorflow/tfjs-node', packageFolder, bindingFile },
      info: { tensorflowVersion: (await installedEngine()).tensorflowVersion, device: 'cpu', captures: false, bindingFile },
      results: [4, 8, 14],
      programs: 0,
    });
  });
});

describe(loadRecord, () => {
  it('refuses a second engine in one process', async () => {
    const { bindingFile } = await loadEngine();
    await expect(loadRecord({ ...(await installedEngine()), bindingFile: '/another' })).rejects.toThrow(
      `This process runs on ${bindingFile} already; install another engine in a process of its own.`,
    );
  });
});
