import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tf } from '@wenlan/engine';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeColourPairs } from '../test/support/colour-pairs.ts';
import { MICRO } from '../test/support/micro.ts';
import { outcomeOf } from '../test/support/run-outcome.ts';
import { Interrupted } from './interrupted.ts';
import { readMetrics } from './metrics-log.ts';
import { loadRun } from './run.ts';
import { readRun } from './run-record.ts';
import type { TrainConfig } from './train-config.ts';
import type { TrainProgress } from './train-progress.ts';
import { train, type TrainOptions } from './train.ts';

const CONFIG: TrainConfig = {
  model: MICRO,
  steps: 16,
  batchSize: 8,
  queueSize: 16,
  learnTemperature: true,
  learningRate: 3e-3,
  warmupSteps: 4,
  textBuckets: [8, 16],
  vocabulary: { minCount: 1 },
  checkpointEverySteps: 4,
  validateEverySteps: 8,
};

/** Runs the child to its end. @returns what it printed, or the signal that ended it */
async function trainInChild(order: object): Promise<string> {
  const child = spawn(
    process.execPath,
    [
      '--conditions=@wenlan/source',
      '--import',
      'tsx',
      join(import.meta.dirname, '../test/support/train-child.ts'),
      JSON.stringify(order),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  const [status, signal] = (await once(child, 'close')) as [number | null, string | null];
  expect(status ?? 0).toBe(0);
  return signal ?? printed;
}

/** Equal but for rounding, which depends on the size of the batch. */
function expectClose(found: Float32Array, wanted: Float32Array): void {
  expect([...found]).toEqual([...wanted].map((value) => expect.closeTo(value, 5) as number));
}

// several trainings each, some in processes of their own: on a busy machine that takes its time
describe(train, { timeout: 600_000 }, () => {
  let folder: string;
  let data: string;
  let ids: string[];
  let options: TrainOptions;
  let whole: Awaited<ReturnType<typeof outcomeOf>>;
  const said: TrainProgress[] = [];
  const at = (name: string): TrainOptions => ({ ...options, out: join(folder, name) });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wenlan-train-'));
    data = join(folder, 'clean');
    ids = await writeColourPairs(data, { train: 35, validation: 12, undecodable: [3] });
    options = { data, out: join(folder, 'whole'), config: CONFIG, seed: 7, onProgress: (progress) => said.push(progress) };
    await train(options);
    whole = await outcomeOf(options.out);
  });

  it('brings the loss down and reports every step', async () => {
    const metrics = await readMetrics(join(options.out, 'metrics.jsonl'));
    expect(metrics.map(({ step }) => step)).toEqual(Array.from({ length: 16 }, (_, index) => index + 1));
    expect(whole.losses.at(-1)!).toBeLessThan(0.8 * whole.losses[0]!);
    for (const { loss, imageToText, textToImage, dataWaitShare, samplesPerSecond, temperature } of metrics) {
      expect(imageToText! + textToImage!).toBeCloseTo(loss, 4);
      expect(dataWaitShare).toBeGreaterThan(0);
      expect(dataWaitShare).toBeLessThan(1);
      expect(samplesPerSecond).toBeGreaterThan(0);
      expect(temperature).toBeGreaterThan(0.01);
    }
    expect(new Set(metrics.map(({ temperature }) => temperature)).size).toBeGreaterThan(12); // learned
    expect(metrics[7]!.validationRecallAt10).toBeGreaterThan(0);
    expect(said.filter(({ type }) => type === 'checkpoint')).toHaveLength(4);
  });

  it('notes what it is trained with', async () => {
    const { environments, summary } = (await readRun(options.out))!;
    expect(environments).toHaveLength(1);
    expect(environments![0]).toMatchObject({ tensorflow: expect.stringMatching(/^\d+\.\d+/) as string, node: process.version });
    expect(['cpu', 'gpu']).toContain(environments![0]!.device);
    expect(summary!.steps).toBe(16);
  });

  it('skips a picture that does not decode, and counts it once an epoch', async () => {
    const metrics = await readMetrics(join(options.out, 'metrics.jsonl'));
    const epochs = metrics.at(-1)!.epoch + 1;
    const skipped = metrics.reduce((sum, { skippedPictures }) => sum + skippedPictures, 0);
    expect(skipped).toBeGreaterThanOrEqual(epochs - 1);
    expect(skipped).toBeLessThanOrEqual(epochs);
  });

  it('computes the same with worker threads', async () => {
    await train({ ...at('threads'), workers: 2 });
    expect(await outcomeOf(join(folder, 'threads'))).toEqual(whole);
  });

  it('killed twice and run again, it ends bit for bit as if it never was', async () => {
    const { onProgress: _, ...plain } = at('killed');
    expect(await trainInChild({ options: plain, killAtStep: 6 })).toBe('SIGKILL');
    expect(await readdir(join(plain.out, 'checkpoints'))).toEqual(['step-00000004']);
    expect(await trainInChild({ options: plain, killAtCheckpoint: 12 })).toBe('SIGKILL');
    expect((await readdir(join(plain.out, 'checkpoints'))).sort()).toEqual([
      'step-00000004',
      'step-00000008',
      'step-00000012.tmp',
    ]);

    expect(await train(plain)).toMatchObject({ steps: 16, samples: 128, firstLoss: whole.losses[0] });
    expect(await outcomeOf(plain.out)).toEqual(whole);
    expect(await readdir(join(plain.out, 'checkpoints'))).not.toContain('step-00000012.tmp');
  });

  it('has nothing to do for a finished run, and loads no TensorFlow for it', async () => {
    const { onProgress: _, ...plain } = options;
    const answer = JSON.parse(await trainInChild({ options: plain })) as { summary: object; tensorFlowLoaded: boolean };
    expect(answer.tensorFlowLoaded).toBe(false);
    expect(answer.summary).toEqual(await train(options));
  });

  it('interrupted, it finishes the step, saves, and goes on as if it never was', async () => {
    const controller = new AbortController();
    const onProgress = (progress: TrainProgress): void => {
      if (progress.type === 'step' && progress.step === 7) controller.abort();
    };
    const stopped = train({ ...at('interrupted'), signal: controller.signal, onProgress });
    await expect(stopped).rejects.toThrow(Interrupted);
    await expect(stopped).rejects.toThrow('Interrupted after step 7 of 16; run the same command again to go on from there.');
    expect((await readdir(join(folder, 'interrupted/checkpoints'))).sort().at(-1)).toBe('step-00000007');
    await train(at('interrupted'));
    expect(await outcomeOf(join(folder, 'interrupted'))).toEqual(whole);
  });

  it('passes over a damaged newest checkpoint in one sentence', async () => {
    await cp(options.out, join(folder, 'damaged'), { recursive: true });
    const record = JSON.parse(await readFile(join(folder, 'damaged/run.json'), 'utf8')) as { summary?: object };
    delete record.summary;
    await writeFile(join(folder, 'damaged/run.json'), JSON.stringify(record));
    const file = join(folder, 'damaged/checkpoints/step-00000016/state.safetensors');
    const bytes = await readFile(file);
    bytes[bytes.length >> 1]! ^= 4;
    await writeFile(file, bytes);
    said.length = 0;
    await train(at('damaged'));
    expect(said.find(({ type }) => type === 'note')).toMatchObject({
      sentence: expect.stringMatching(
        /step-00000016 is damaged \(state\.safetensors fails.*\); remove it\. The one before, of step 12, is used\./,
      ) as string,
    });
    expect(await outcomeOf(join(folder, 'damaged'))).toEqual(whole);
  });

  it.each([
    ['train.learningRate 0.003, not 0.1', { config: { ...CONFIG, learningRate: 0.1 } }],
    ['seed 7, not 8', { seed: 8 }],
    ['train.textWeights.caption 4, not 1', { config: { ...CONFIG, textWeights: { caption: 1 } } }],
  ])('refuses to go on with %s', async (difference, change) => {
    await expect(train({ ...options, ...change })).rejects.toThrow(`holds a run with ${difference}; go on with that`);
  });

  it('refuses to go on with other data', async () => {
    const other = join(folder, 'other');
    await writeColourPairs(other, { train: 20 });
    await expect(train({ ...options, data: other })).rejects.toThrow(/holds a run on other data than .*other \(it was .*clean\)/);
  });

  it('stops at a loss that is no number, naming step and pairs', async () => {
    const config = { ...CONFIG, learningRate: 1e30, warmupSteps: 0, learnTemperature: false };
    const failed = train({ ...at('diverged'), config });
    await expect(failed).rejects.toThrow(
      /^The loss of step \d+ is (NaN|Infinity); lower train\.learningRate, or look at its pairs: /,
    );
    const named = String(await failed.catch((error: unknown) => error)).match(/\b[A-Za-z0-9]{26}\b/g)!;
    expect(named).toHaveLength(8);
    expect(ids).toEqual(expect.arrayContaining(named));
  });

  it('refuses a dataset that does not fill a batch, or is missing', async () => {
    const small = join(folder, 'small');
    await writeColourPairs(small, { train: 5 });
    await expect(train({ ...at('from-small'), data: small })).rejects.toThrow(
      /split "train" of .*small has 5 rows, fewer than the 8 of a batch; lower batchSize/,
    );
    // it was never begun, so what the sentence says to do can be done there
    const lowered = { ...CONFIG, batchSize: 4, steps: 2 };
    await train({ ...at('from-small'), data: small, config: lowered });
    await expect(train({ ...at('from-nothing'), data: join(folder, 'absent') })).rejects.toThrow(
      expect.objectContaining({ exitStatus: 2 }) as Error,
    );
  });

  it('refuses a dataset without a usable text', async () => {
    const silent = join(folder, 'silent');
    await writeColourPairs(silent, { train: 8, untold: [0, 1, 2, 3, 4, 5, 6, 7] });
    await expect(train({ ...at('from-silent'), data: silent })).rejects.toThrow(
      `The train split of ${silent} has no usable texts; clean a dataset that has some.`,
    );
    expect(await readdir(join(folder, 'from-silent'))).toEqual([]);
  });

  it('refuses a pair without a text, by its id', async () => {
    const untold = join(folder, 'untold');
    const rows = await writeColourPairs(untold, { train: 24, untold: [2] });
    await expect(train({ ...at('from-untold'), data: untold })).rejects.toThrow(
      `The pair ${rows[2]!} of ${untold} has no text; clean the dataset with a rule that drops such pairs.`,
    );
  });

  it('leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    await train({ ...at('leak'), config: { ...CONFIG, steps: 6 } });
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe(loadRun, () => {
  let folder: string;
  let options: TrainOptions;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wenlan-run-'));
    await writeColourPairs(join(folder, 'clean'), { train: 32 });
    options = { data: join(folder, 'clean'), out: join(folder, 'run'), config: { ...CONFIG, steps: 10 }, seed: 1 };
    await train(options);
  });

  it('encodes pictures and texts as unit vectors, whatever the batch', async () => {
    const run = await loadRun(options.out);
    expect(run.step).toBe(10);
    const texts = Array.from({ length: 70 }, (_, index) => `第${index}张`); // more than one batch
    const features = await run.encodeTexts(texts);
    expect(features).toHaveLength(70 * run.dim);
    for (let row = 0; row < 70; row++) {
      expect(Math.hypot(...features.subarray(row * run.dim, (row + 1) * run.dim))).toBeCloseTo(1, 5);
    }
    expectClose(await run.encodeTexts(texts.slice(3, 4)), features.subarray(3 * run.dim, 4 * run.dim));

    const size = run.side * run.side * 3;
    const pixels = Float32Array.from({ length: 2 * size }, (_, index) => (index % 7) / 7);
    const pictures = await run.encodeImages(pixels, 2);
    expect(pictures).toHaveLength(2 * run.dim);
    expectClose(await run.encodeImages(pixels.subarray(size), 1), pictures.subarray(run.dim));
    await expect(run.encodeImages(pixels, 3)).rejects.toThrow(/aren't 3 pictures/);
    run.dispose();
  });

  it('refuses what is no run, has no checkpoint, or holds one of another model', async () => {
    await expect(loadRun(folder)).rejects.toThrow(/holds no run \(no run\.json\)/);
    await cp(options.out, join(folder, 'empty'), { recursive: true });
    await rm(join(folder, 'empty/checkpoints'), { recursive: true });
    await expect(loadRun(join(folder, 'empty'))).rejects.toThrow(/has no checkpoint yet; train it further/);

    await cp(options.out, join(folder, 'swapped'), { recursive: true });
    await writeFile(join(folder, 'swapped/vocab.txt'), `${await readFile(join(options.out, 'vocab.txt'), 'utf8')}多\n`);
    await expect(loadRun(join(folder, 'swapped'))).rejects.toThrow(
      /step-00000010 has textencoder\..* of shape \[\d+, \d+\], expected shape .*another model/,
    );
  });
});
