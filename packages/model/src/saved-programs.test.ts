import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { engineStatus } from '@wenlan/engine/status';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeColourPairs } from '../test/support/colour-pairs.ts';
import { MICRO } from '../test/support/micro.ts';
import { openCheckpoint } from './checkpoint.ts';
import type { TrainConfig } from './train-config.ts';

const { record } = await engineStatus();
if (record === undefined)
  process.stdout.write('saved programs are not tested: no engine is installed; run `wenlan engine install`.\n');

const CONFIG: TrainConfig = {
  model: MICRO,
  steps: 6,
  batchSize: 8,
  queueSize: 16,
  textBuckets: [16],
  vocabulary: { minCount: 1 },
  checkpointEverySteps: 3,
  validateEverySteps: 6,
};

describe.skipIf(record === undefined)('the programs of a run', { timeout: 300_000 }, () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wenlan-programs-'));
    await writeColourPairs(join(folder, 'data'), { train: 24 });
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** Trains in a process of its own. */
  async function train(out: string, config: TrainConfig, killAtStep?: number): Promise<void> {
    const child = join(import.meta.dirname, '../test/support/train-child.ts');
    const order = { options: { data: join(folder, 'data'), out, config, seed: 3 }, killAtStep };
    const args = ['--conditions=@wenlan/source', '--import', import.meta.resolve('tsx'), child, JSON.stringify(order)];
    const died = await promisify(execFile)(process.execPath, args).then(
      () => undefined,
      ({ signal }: { signal?: string }) => signal,
    );
    expect(died).toBe(killAtStep === undefined ? undefined : 'SIGKILL');
  }
  async function weightsOf(out: string): Promise<string> {
    const { sha256, tensors } = await openCheckpoint(join(out, 'checkpoints/step-00000006'));
    await tensors.close();
    return sha256;
  }
  async function programsOf(out: string): Promise<Record<string, number>> {
    const names = (await readdir(join(out, 'programs'))).sort();
    const times = names.map(async (name) => [name, (await stat(join(out, 'programs', name))).mtimeMs] as const);
    return Object.fromEntries(await Promise.all(times));
  }

  it.each<[string, number, Partial<TrainConfig>]>([
    ['a whole batch', 1, {}],
    ['micro-batches', 4, { microBatchSize: 4 }],
  ])('of %s are recorded once, and a resumed process takes them from there to the same bits', async (name, count, extra) => {
    const config = { ...CONFIG, ...extra };
    const [whole, killed] = [join(folder, `${name}, whole`), join(folder, `${name}, killed`)];
    await train(whole, config);
    await train(killed, config, 4);
    const recorded = await programsOf(killed);
    expect(Object.keys(recorded)).toHaveLength(count);
    await train(killed, config);
    expect(await programsOf(killed)).toEqual(recorded);
    expect(Object.keys(await programsOf(whole))).toEqual(Object.keys(recorded));
    expect(await weightsOf(killed)).toBe(await weightsOf(whole));
  });
});
