import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyDataset } from '@wenlan/shards';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clean } from '../src/index.ts';
import { random } from './support/drawings.ts';
import { folderBytes } from './support/folder-bytes.ts';
import { dirtyRows, TEST_RECIPE, writeRaw } from './support/raw-dataset.ts';
import { startChild } from './support/run-child.ts';

/** A kill falls up to 15 ms after the n-th line that a phase has said. */
const KILLS = [
  { phase: 'measure', line: 1 },
  { phase: 'measure', line: 2 },
  { phase: 'group', line: 1 },
  { phase: 'write', line: 1 },
  { phase: 'write', line: 2 },
  { phase: 'write', line: 3 },
];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-clean-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Cleans in a process of its own, which is killed at a moment if it hasn't ended by then. */
async function cleanInChild(
  input: string,
  out: string,
  kill?: { phase: string; line: number; thenMillis: number },
): Promise<number | null> {
  const child = startChild('clean-child.ts', [input, out]);
  let said = '';
  child.stdout!.on('data', (text: Buffer) => {
    said += text.toString();
    const lines = said.split('\n').filter((line) => line.startsWith(`${kill?.phase} `)).length;
    if (kill !== undefined && lines >= kill.line) setTimeout(() => child.kill('SIGKILL'), kill.thenMillis);
  });
  const [status] = (await once(child, 'exit')) as [number | null];
  return status;
}

test(
  `killed ${KILLS.length} times and run again, cleaning ends with the bytes of a run that never was`,
  { timeout: 180_000 },
  async () => {
    const rows = await dirtyRows(150);
    const input = await writeRaw(join(folder, 'raw'), rows);
    const whole = join(folder, 'whole');
    const summary = await clean(input, { out: whole, recipe: TEST_RECIPE, seed: 5, maxShardRows: 16, workers: 1 });
    expect(summary.kept).toBeGreaterThan(100);

    const divided = join(folder, 'divided');
    await clean(input, { out: divided, recipe: TEST_RECIPE, seed: 5, maxShardRows: 16, partitionRecords: 50 });
    expect(await folderBytes(divided), 'grouped in partitions').toEqual(await folderBytes(whole));

    const out = join(folder, 'killed');
    const next = random(3);
    for (const kill of KILLS) {
      const status = await cleanInChild(input, out, { ...kill, thenMillis: Math.floor(next() * 15) });
      // A fast machine may be done before the kill falls: then there is nothing to go on with.
      if (status === 0) await rm(out, { recursive: true });
    }
    expect(await cleanInChild(input, out)).toBe(0);
    expect(await folderBytes(out)).toEqual(await folderBytes(whole));
    expect(await verifyDataset(out)).toMatchObject({ sound: true, complete: true, rows: rows.length });
  },
);
