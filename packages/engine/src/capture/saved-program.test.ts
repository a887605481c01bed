import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

interface Done {
  /** How often the step's own code ran. */
  recorded: number;
  losses: number[];
  weights: number[];
}

/** Trains in a process of its own. */
async function train(folder: string | undefined, key: string, rows = 4): Promise<Done> {
  const child = fileURLToPath(new URL('../../test/support/saved-program-child.ts', import.meta.url));
  const args = ['--conditions=@wenlan/source', '--import', import.meta.resolve('tsx'), child, key, String(rows)];
  const { stdout } = await promisify(execFile)(process.execPath, folder === undefined ? args : [...args, folder]);
  return JSON.parse(stdout) as Done;
}

describe('a captured program in a file', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wenlan-program-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('trains another process to the same bits without running the code of the step', async () => {
    const [without, first, second] = [await train(undefined, 'a'), await train(folder, 'a'), await train(folder, 'a')];
    expect(without.losses[0]).not.toBe(without.losses.at(-1));
    expect([without.recorded, first.recorded, second.recorded]).toEqual([1, 1, 0]);
    for (const other of [first, second]) expect({ ...other, recorded: 1 }).toEqual(without);
  });

  it('is recorded anew for another key or other shapes, or when it is damaged', async () => {
    const good = await train(folder, 'a');
    expect((await train(folder, 'b')).recorded).toBe(1);
    expect((await train(folder, 'a', 5)).recorded).toBe(1);
    const files = await readdir(folder);
    expect(files).toHaveLength(3);
    for (const file of files) {
      const bytes = await readFile(join(folder, file));
      bytes[bytes.length - 20]! ^= 1;
      await writeFile(join(folder, file), bytes);
    }
    expect(await train(folder, 'a')).toEqual(good);
    expect((await train(folder, 'a')).recorded).toBe(0);
  });
});
