import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tf } from '@wenlan/engine';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeColourPairs } from '../../test/support/colour-pairs.ts';
import { MICRO } from '../../test/support/micro.ts';
import { readMetrics } from '../metrics-log.ts';
import type { RunSettings } from '../open-training.ts';
import type { TrainConfig } from '../train-config.ts';
import { train } from '../train.ts';
import { cacheFeatures } from './cache-features.ts';
import { FEATURES_FOLDER } from './text-feature-files.ts';

/** MICRO with three of four layers of BERT frozen, at the width of a base. */
const FROZEN = {
  ...MICRO,
  text: {
    ...MICRO.text,
    bert: { ...MICRO.text.bert, layers: 3, hidden: 96, heads: 4, intermediate: 192 },
    frozen: ['backbone.bert.embeddings', 'backbone.bert.encoder.layer.0', 'backbone.bert.encoder.layer.1'],
  },
};
const CONFIG: TrainConfig = {
  model: FROZEN,
  steps: 6,
  batchSize: 8,
  queueSize: 16,
  queueWarmupSteps: 2,
  warmupSteps: 2,
  learningRate: 3e-3,
  textBuckets: [8, 16],
  vocabulary: { minCount: 1 },
  checkpointEverySteps: 4,
  validateEverySteps: 100,
};

describe('frozen text features that are stored', { timeout: 600_000 }, () => {
  let folder: string;
  let options: RunSettings;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wenlan-features-'));
    await writeColourPairs(join(folder, 'clean'), { train: 35 });
    options = { data: join(folder, 'clean'), out: join(folder, 'plain'), config: CONFIG, seed: 7 };
    await train(options);
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** Losses of all steps and the checksum of the last weights. */
  const outcomeOf = async (out: string): Promise<unknown> => {
    const newest = (await readdir(join(out, 'checkpoints'))).sort().at(-1)!;
    const state = await readFile(join(out, 'checkpoints', newest, 'state.json'), 'utf8');
    return [
      (await readMetrics(join(out, 'metrics.jsonl'))).map(({ loss }) => loss),
      /"tensors":\{[^}]*"sha256":"(\w+)"/.exec(state)![1],
    ];
  };

  it('give the same losses and weights, bit for bit, and leave no tensor behind', async () => {
    const out = join(folder, 'stored');
    const before = tf.memory().numTensors;
    const said: number[] = [];
    const cached = await cacheFeatures({ ...options, out, onProgress: ({ textsDone }) => said.push(textsDone) });
    expect(cached.texts).toBe(32 + 12); // as many captions as there are meanings, and every third has a title
    expect(said).toEqual([cached.texts]);
    expect((await readdir(join(out, FEATURES_FOLDER))).sort()).toEqual(['00000.safetensors', 'index.json']);
    expect((await readFile(join(out, FEATURES_FOLDER, '00000.safetensors'))).length).toBe(cached.bytes);
    await train({ ...options, out });
    expect(await outcomeOf(out)).toEqual(await outcomeOf(options.out));
    expect(tf.memory().numTensors).toBe(before);
  });

  it('in micro-batches as well', async () => {
    const config = { ...CONFIG, steps: 2, microBatchSize: 4 };
    const [plain, stored] = [join(folder, 'micro-plain'), join(folder, 'micro-stored')];
    await train({ ...options, config, out: plain });
    await cacheFeatures({ ...options, config, out: stored });
    await train({ ...options, config, out: stored });
    expect(await outcomeOf(stored)).toEqual(await outcomeOf(plain));
  });

  it('are not computed twice, and those that lack a file get it', async () => {
    const out = join(folder, 'again');
    await cacheFeatures({ ...options, out });
    const features = join(out, FEATURES_FOLDER);
    const bytes = await readFile(join(features, '00000.safetensors'));
    await rm(join(features, 'index.json'));
    await writeFile(join(features, '00000.safetensors.tmp'), 'a kill left this');
    const notes: string[] = [];
    const config = { ...CONFIG, steps: 1 };
    await cp(out, join(folder, 'unfinished'), { recursive: true });
    await rm(join(folder, 'unfinished/run.json'));
    await train({
      ...options,
      config,
      out: join(folder, 'unfinished'),
      onProgress: (progress) => progress.type === 'note' && notes.push(progress.sentence),
    });
    expect(notes.at(-1)).toMatch(/text-features isn't finished and so isn't used; run `wenlan cache-features` again/);

    const figures = await cacheFeatures({ ...options, out });
    expect(figures.bytes).toBe(bytes.length);
    await rm(join(features, '00000.safetensors'));
    await cacheFeatures({ ...options, out });
    expect(await readFile(join(features, '00000.safetensors'))).toEqual(bytes);
  });

  it('of other weights, damaged or without a text are refused', async () => {
    const out = join(folder, 'again');
    const index = join(out, FEATURES_FOLDER, 'index.json');
    const text = await readFile(index, 'utf8');
    const before = tf.memory().numTensors;
    await writeFile(index, text.replace(/"key":"\w/, '"key":"x'));
    await expect(train({ ...options, out })).rejects.toThrow(
      /again\/text-features holds features of other weights; delete it, or run `wenlan cache-features` again\.$/,
    );
    await writeFile(index, text);
    const shard = join(out, FEATURES_FOLDER, '00000.safetensors');
    await writeFile(shard, 'cut');
    await expect(train({ ...options, out })).rejects.toThrow(/text-features is damaged; delete it and run/);
    await rm(shard);
    await expect(train({ ...options, out })).rejects.toThrow(
      /^The text ".*" has no stored features; run `wenlan cache-features` again\.$/,
    );
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each([
    ['another objective', { objective: 'clip' }, 'the objective "clip" runs its text tower whole; train it without.'],
    ['nothing frozen', { model: MICRO }, 'no first layer of the text tower is frozen in inference mode; name some in'],
    [
      'padding that is attended to',
      { model: { ...FROZEN, text: { ...FROZEN.text, attentionMask: false } } },
      'without model.text.attentionMask a text depends on the length it is padded to; set train.textBuckets to [16].',
    ],
  ])('are refused with %s', async (_, change, sentence) => {
    const out = join(folder, 'refused');
    const refused = cacheFeatures({ ...options, out, config: { ...CONFIG, ...change } });
    await expect(refused).rejects.toThrow(`There are no frozen text features to cache: ${sentence}`);
    expect(await readdir(out)).toEqual([]);
  });

  it('stop when they are told to', async () => {
    const out = join(folder, 'stopped');
    await expect(cacheFeatures({ ...options, out, signal: AbortSignal.abort() })).rejects.toThrow(
      'Interrupted; run the same command again to go on from there.',
    );
    expect(await readdir(join(out, FEATURES_FOLDER))).not.toContain('00000.safetensors');
  });
});
