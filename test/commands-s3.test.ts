import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wenlanJson } from '../packages/cli/test/support/run-wenlan.ts';
import { missingS3, prefixBytes, type S3Server, startS3 } from '../packages/shards/test/support/s3-server.ts';
import { writeDrawnPairs } from './support/drawn-pairs.ts';
import { drawings } from './support/drawings.ts';
import { wenlan } from './support/wenlan.ts';

const TRAIN = {
  model: 'tiny',
  steps: 8,
  batchSize: 8,
  queueSize: 16,
  queueWarmupSteps: 4,
  checkpointEverySteps: 2,
  textBuckets: [16],
  vocabulary: { minCount: 1 },
};

let s3: S3Server;
let folder: string;
let config: string;
beforeAll(async () => {
  if (missingS3 !== null) return;
  s3 = await startS3();
  folder = await mkdtemp(join(tmpdir(), 'wenlan-commands-s3-'));
  config = join(folder, 'wenlan.yaml');
  await writeFile(config, JSON.stringify({ train: TRAIN }));
});
afterAll(async () => {
  if (missingS3 !== null) return;
  await s3.close();
  await rm(folder, { recursive: true });
});

/** In a process of its own, since it loads TensorFlow. */
async function json(...args: string[]): Promise<Record<string, unknown>> {
  const { status, out, err } = await wenlan(args);
  expect({ args, status, err }).toEqual({ args, status: 0, err: '' });
  return JSON.parse(out) as Record<string, unknown>;
}

async function sha256Of(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}

/** Name and weights of a run's newest checkpoint. */
async function lastCheckpoint(run: string): Promise<{ name: string; sha256: string }> {
  const name = (await readdir(join(folder, run, 'checkpoints'))).sort().at(-1)!;
  return { name, sha256: await sha256Of(join(folder, run, 'checkpoints', name, 'state.safetensors')) };
}

describe.skipIf(missingS3 !== null)('commands on datasets in S3', () => {
  it('import, inspect, verify, export, clean and forget', { timeout: 240_000 }, async () => {
    const pictures = join(folder, 'pictures');
    await mkdir(pictures);
    for (const [index, { caption, svg }] of drawings(0).entries()) {
      await writeFile(join(pictures, `${index}.svg`), svg);
      await writeFile(join(pictures, `${index}.txt`), caption);
    }
    const count = drawings(0).length;
    const [raw, clean, tars, again] = ['raw', 'clean', 'tars', 'again'].map((name) => s3.place(name)) as [
      string,
      string,
      string,
      string,
    ];
    expect(await wenlanJson('import', pictures, '--out', raw)).toMatchObject({ rows: count });
    const whole = { rows: count, byOutcome: { ok: count }, bySource: { local: count }, bySplit: { all: count }, shards: 1 };
    expect(await wenlanJson('inspect', raw)).toMatchObject({ ...whole, bytes: expect.any(Number) as number });
    expect(await wenlanJson('verify', raw)).toMatchObject({ sound: true, rows: count });
    await wenlanJson('export', raw, '--out', tars, '--format', 'webdataset');
    expect(Object.keys(await prefixBytes(s3, tars))).toContain('all-00000.tar');
    const recipe = join(folder, 'recipe.yaml');
    await writeFile(recipe, 'extends: small-pictures\nsplit: { validation: 0, test: 0 }\n');
    await wenlanJson('clean', raw, '--out', clean, '--recipe', recipe);
    const { bySplit } = (await wenlanJson('inspect', clean)) as { bySplit: Record<string, number> };
    expect(bySplit['train']).toBeGreaterThan(0);
    await wenlanJson('forget', raw, '--sha256', await sha256Of(join(pictures, '0.svg')), '--derived', clean);
    expect(await wenlanJson('inspect', raw)).toMatchObject({ byOutcome: { ok: count - 1, forgotten: 1 } });
    expect(await wenlanJson('verify', clean)).toMatchObject({ sound: true });
    await wenlanJson('import', tars, '--out', again, '--forgotten-in', raw);
    expect(await wenlanJson('inspect', again)).toMatchObject({ byOutcome: { ok: count - 1, forgotten: 1 } });
  });

  it('train, killed and gone on with without its cache; evaluate and encode', { timeout: 600_000 }, async () => {
    const data = s3.place('drawn');
    await writeDrawnPairs(data, 3);
    const run = (name: string): string[] => ['train', '--data', data, '--out', join(folder, name), '--config', config];
    await json(...run('whole'));
    const killed = await wenlan(run('killed'), ({ stage, done = 0 }, child) => {
      if (stage === 'train' && done >= 4) child.kill('SIGKILL');
    });
    expect(killed.status).toBe('SIGKILL');
    await rm(join(process.env['WENLAN_CACHE_DIR']!, 'shards'), { recursive: true });
    await json(...run('killed'));
    expect(await lastCheckpoint('killed')).toEqual(await lastCheckpoint('whole'));

    const trained = join(folder, 'whole');
    const split = ['--split', 'test', '--config', config];
    expect(await json('evaluate', trained, '--data', data, ...split)).toMatchObject({
      t2i: { gallery: drawings(0).length },
    });
    const vectors = join(folder, 'vectors.arrow');
    expect(await json('encode', trained, '--captions', data, '--out', vectors)).toMatchObject({ rows: 3 * drawings(0).length });
    expect((await stat(vectors)).size).toBeGreaterThan(0);
  });
});
