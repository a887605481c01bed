import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readManifest } from '@wenlan/shards';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { childPath, NODE_FROM_SOURCE } from './support/run-child.ts';

const FEW = 4000;
const MANY = 24_000;
/** Less than two thirds of the 164 MB that the one has more of pictures than the other. */
const NOISE_MB = 100;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-memory-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function peakMB(work: string, rows: number): Promise<number> {
  const args = [...NODE_FROM_SOURCE, childPath('memory-child.ts'), work, String(rows), folder];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return (JSON.parse(stdout) as { peakMB: number }).peakMB;
}

describe('memory', () => {
  it.each(['write', 'export', 'import'])('of %s does not grow with the rows', { timeout: 120_000 }, async (work) => {
    const [few, many] = [await peakMB(work, FEW), await peakMB(work, MANY)];
    expect(many).toBeLessThan(few + NOISE_MB);
    expect(many).toBeLessThan(400);
    if (work === 'import') expect((await readManifest(join(folder, `data-${MANY}-again`))).totals.rows).toBe(MANY);
  });
});
