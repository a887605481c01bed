import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engineStatus } from '@wenlan/engine';
import { emptyPair, openDataset } from '@wenlan/shards';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runWenlan } from '../test/support/run-wenlan.ts';

const hasEngine = (await engineStatus()).record !== undefined;
if (!hasEngine) process.stdout.write('cache-features is not tested: no engine is installed; run `wenlan engine install`.\n');

let folder: string;
const at = (name: string): string => join(folder, name);

describe.skipIf(!hasEngine)('cache-features', { timeout: 120_000 }, () => {
  const settings = {
    steps: 2,
    batchSize: 8,
    queueSize: 16,
    textBuckets: [16],
    vocabulary: { minCount: 1 },
    model: { dim: 16, text: { frozen: ['backbone.bert.embeddings', 'backbone.bert.encoder.layer.0'] } },
  };
  const withRun = (name: string, file = 'wenlan.yaml'): string[] => [
    '--data',
    at('clean'),
    '--out',
    at(name),
    '--config',
    at(file),
  ];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wenlan-cache-features-'));
    const writer = await openDataset(at('clean'), { stage: 'clean', recipe: {} });
    const image = await sharp({ create: { width: 16, height: 16, channels: 3, background: 'navy' } })
      .png()
      .toBuffer();
    const rows = Array.from({ length: 16 }, (_, index) =>
      emptyPair({
        id: `pair-${index}`,
        source: 'local',
        outcome: 'ok',
        image,
        mime: 'image/png',
        width: 16,
        height: 16,
        texts: [{ kind: 'caption', text: `第${index % 5}种` }],
      }),
    );
    await writer.append(rows, 'train');
    await writer.finish();
    await writer.close();
    await writeFile(at('wenlan.yaml'), JSON.stringify({ seed: 1, train: settings }));
    await writeFile(at('thawed.yaml'), JSON.stringify({ seed: 1, train: { ...settings, model: { dim: 16 } } }));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('stores features of every text once, which train then reads', async () => {
    const { status, out } = await runWenlan('cache-features', ...withRun('cached'));
    expect(status).toBe(0);
    expect(out).toMatch(/^features of 5 texts, 0\.0 MB: .*cached\/text-features\n$/);
    const trained = await runWenlan('--json', 'train', ...withRun('cached'));
    const plain = await runWenlan('--json', 'train', ...withRun('plain'));
    expect([trained.status, plain.status]).toEqual([0, 0]);
    const lossOf = (printed: string): number => (JSON.parse(printed) as { loss: number }).loss;
    expect(lossOf(trained.out)).toBe(lossOf(plain.out));
  });

  it('says in a sentence that nothing is frozen', async () => {
    const { status, err } = await runWenlan('cache-features', ...withRun('thawed', 'thawed.yaml'));
    expect(status).toBe(2);
    expect(err).toContain('There are no frozen text features to cache: no first layer of the text tower is frozen');
  });
});
