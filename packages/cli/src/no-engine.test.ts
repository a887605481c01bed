import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyPair, openDataset } from '@wenlan/shards';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

describe('without an engine', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wenlan-no-engine-'));
    const writer = await openDataset(join(folder, 'clean'), { stage: 'clean', recipe: {} });
    await writer.append([emptyPair({ id: 'a', source: 'local', outcome: 'ok' })], 'train');
    await writer.finish();
    await writer.close();
    await writeFile(join(folder, 'wenlan.yaml'), 'seed: 1\n');
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('train says in a sentence how to get one, and leaves the folder free', { timeout: 60_000 }, async () => {
    const run = join(folder, 'run');
    const main = join(import.meta.dirname, 'main.ts');
    const args = [
      '--conditions=@wenlan/source',
      '--import',
      import.meta.resolve('tsx'),
      main,
      'train',
      '--data',
      'clean',
      '--out',
      run,
    ];
    // in a folder that has no stock package either
    const child = spawn(process.execPath, args, {
      cwd: folder,
      env: { ...process.env, WENLAN_ENGINE_DIR: join(folder, 'engine') },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let err = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    const [status] = (await once(child, 'close')) as [number];
    expect(err).toMatch(/; run `wenlan engine install`\.\n$/);
    expect(status).toBe(2);
    expect(await readdir(run)).toEqual([]);
  });
});
