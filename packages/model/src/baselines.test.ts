import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tf } from '@wenlan/engine';
import { loader } from '@wenlan/shards';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeColourPairs } from '../test/support/colour-pairs.ts';
import { MICRO } from '../test/support/micro.ts';
import { openNewestCheckpoint } from './checkpoint.ts';
import { Interrupted } from './interrupted.ts';
import { readMetrics, type StepMetrics } from './metrics-log.ts';
import { OBJECTIVES, resolveObjective } from './objective-config.ts';
import { loadCaptioner, loadPairScorer, loadRun } from './run.ts';
import { exportRun } from './weights/export-run.ts';
import type { TrainConfig } from './train-config.ts';
import type { TrainProgress } from './train-progress.ts';
import { train } from './train.ts';

const CONFIG: TrainConfig = {
  model: MICRO,
  steps: 100,
  batchSize: 16,
  queueSize: 16,
  learningRate: 5e-3,
  warmupSteps: 10,
  augment: 'none',
  textWeights: { caption: 1 },
  textBuckets: [8, 16],
  vocabulary: { minCount: 1 },
  checkpointEverySteps: 50,
  validateEverySteps: 50,
  validationPairs: 32,
  keepBest: true,
};
const MICRO_STREAM = { layers: 2, hidden: 32, heads: 2, intermediate: 64, positions: 32 };

// several trainings each: on a busy machine that takes its time
describe('the baselines learn drawn pictures with the one trainer', { timeout: 600_000 }, () => {
  let folder: string;
  let data: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wenlan-baselines-'));
    data = join(folder, 'clean');
    await writeColourPairs(data, { train: 64, validation: 32 });
  });

  /**
   * Trains to the end; and again as far as the fifth step with a stop in between: up to there both must be the same.
   * @returns what the whole run logged
   */
  const trainTwice = async (name: string, config: TrainConfig): Promise<StepMetrics[]> => {
    const options = { data, config: { ...CONFIG, ...config }, seed: 5 };
    const before = tf.memory().numTensors;
    await train({ ...options, out: join(folder, name) });
    expect(tf.memory().numTensors).toBe(before);

    const stopped = join(folder, `${name}-stopped`);
    for (const stopAt of [2, 5]) {
      const controller = new AbortController();
      const onProgress = (progress: TrainProgress): void => {
        if (progress.type === 'step' && progress.step === stopAt) controller.abort();
      };
      await expect(train({ ...options, out: stopped, signal: controller.signal, onProgress })).rejects.toThrow(Interrupted);
    }
    const [whole, resumed] = await Promise.all(
      [join(folder, name), stopped].map((run) => readMetrics(join(run, 'metrics.jsonl'))),
    );
    expect(resumed!.map(({ loss }) => loss)).toEqual(whole!.slice(0, 5).map(({ loss }) => loss));
    return whole!;
  };
  const lastRecall = (metrics: StepMetrics[]): number => metrics.at(-1)!.validationRecallAt10!;

  it('CLIP', async () => {
    const metrics = await trainTwice('clip', { objective: 'clip' });
    expect(lastRecall(metrics)).toBeGreaterThan(80);
    expect(metrics.at(-1)!.temperature).not.toBe(metrics[0]!.temperature); // learned
    const { tensors } = (await openNewestCheckpoint(join(folder, 'clip/checkpoints'), () => {}))!;
    const names = [...tensors.entries.keys()];
    await tensors.close();
    expect(names.filter((name) => /_mom\.|queue/.test(name))).toEqual([]); // neither momentum nor queue
    const run = await loadRun(join(folder, 'clip'), { checkpoint: 'best' });
    expect(await run.encodeTexts(['红色的方块'])).toHaveLength(run.dim);
    run.dispose();
  });

  it('BriVL without a queue, resumed as well', async () => {
    const metrics = await trainTwice('no-queue', { queueSize: 0, queueWarmupSteps: 0, steps: 30 });
    expect(metrics.at(-1)!.loss).toBeLessThan(metrics[0]!.loss);
  });

  it('CLIP with a locked image tower leaves it as it began', async () => {
    const file = join(folder, 'clip.safetensors');
    await exportRun(join(folder, 'clip'), { out: file, format: 'safetensors' });
    const config = { ...CONFIG, steps: 4, objective: 'clip-lit', init: file };
    await train({ data, config, seed: 5, out: join(folder, 'lit') });
    const [began, lit] = await Promise.all(
      ['clip', 'lit'].map(async (name) => (await openNewestCheckpoint(join(folder, name, 'checkpoints'), () => {}))!.tensors),
    );
    const changed: string[] = [];
    for (const name of lit!.entries.keys()) {
      if (!/^(img|text)encoder\./.test(name)) continue;
      if (Buffer.compare(bytesOf(await began!.read(name)), bytesOf(await lit!.read(name))) !== 0) changed.push(name);
    }
    await Promise.all([began!.close(), lit!.close()]);
    expect(changed.filter((name) => name.startsWith('imgencoder'))).toEqual([]);
    expect(changed.length).toBeGreaterThan(10);
    await expect(
      train({ data, config: { ...CONFIG, objective: 'clip-lit' }, seed: 5, out: join(folder, 'none') }),
    ).rejects.toThrow(/freezes the image tower, which knows nothing yet; name weights for it in train\.init/);
  });

  it('UNITER, whose scores of pairs are the same alone and among all', async () => {
    const metrics = await trainTwice('uniter', { objective: { extends: 'uniter-tiny', ...MICRO_STREAM }, steps: 300 });
    expect(lastRecall(metrics)).toBeGreaterThan(45); // of 31 by chance
    const mean = (part: StepMetrics[], name: string): number =>
      part.reduce((sum, step) => sum + (step as unknown as Record<string, number>)[name]!, 0) / part.length;
    for (const part of ['matching', 'words'])
      expect(mean(metrics.slice(-20), part), part).toBeLessThan(mean(metrics.slice(0, 5), part));

    const scorer = await loadPairScorer(join(folder, 'uniter'));
    const { images, texts } = await validationPairs(scorer.side, scorer);
    const all = await scorer.scoreAll(images, texts);
    const some = Uint32Array.of(3, 5, 0, 0, 7, 1);
    const few = await scorer.scorePairs(images, texts, some);
    expect([...few]).toEqual([3 * texts.length + 5, 0, 7 * texts.length + 1].map((at) => expect.closeTo(all[at]!, 5) as number));
    scorer.dispose();
    await expect(loadRun(join(folder, 'uniter'))).rejects.toThrow(
      /holds a uniter, which has no vectors; name a run of BriVL or CLIP/,
    );
    await expect(loadPairScorer(join(folder, 'clip'))).rejects.toThrow(/holds a clip, not a uniter/);
  });

  it('the captioner, by beam search', async () => {
    const objective = { extends: 'captioner-tiny', ...MICRO_STREAM };
    const metrics = await trainTwice('captioner', { objective, steps: 200 });
    expect(metrics.at(-1)!.loss).toBeLessThan(0.3 * metrics[0]!.loss);
    const captioner = await loadCaptioner(join(folder, 'captioner'));
    const { images, texts } = await validationPairs(captioner.side, captioner);
    const captions = await captioner.caption(images, { beams: 2 });
    expect(captions.filter((caption, row) => caption === texts[row]).length).toBeGreaterThan(8); // of 1 by chance
    captioner.dispose();
  });

  /** What a run keeps of the validation pictures, and their captions. */
  async function validationPairs(
    side: number,
    { encodeImages }: { encodeImages: (pixels: Float32Array, count: number) => Promise<Float32Array> },
  ): Promise<{ images: Float32Array; texts: string[] }> {
    const image = { side, augment: 'none' as const };
    const options = { split: 'validation', batchSize: 32, seed: 1, epoch: 0, workers: 0, image, dropLast: false };
    for await (const { pixels, texts } of loader(data, options)) {
      return { images: await encodeImages(pixels, texts.length), texts: texts.map((all) => all[0]!.text) };
    }
    throw new Error('the validation split is empty');
  }

  it('keeps the checkpoint that is best on the validation split', async () => {
    const metrics = await readMetrics(join(folder, 'clip/metrics.jsonl'));
    let best = { step: 0, recall: -1 };
    for (const { step, validationRecallAt10: recall } of metrics) {
      if (recall !== undefined && recall > best.recall) best = { step, recall };
    }
    expect((await readdir(join(folder, 'clip/best'))).sort().at(-1)).toBe(`step-${String(best.step).padStart(8, '0')}`);
  });
});

describe(resolveObjective, () => {
  it('takes names, what extends them, and what it gave before', () => {
    for (const [name, objective] of Object.entries(OBJECTIVES)) {
      expect(resolveObjective(name)).toEqual(objective);
      expect(resolveObjective(objective)).toEqual(objective);
    }
    expect(resolveObjective({ extends: 'uniter-small', layers: 2 })).toEqual({ ...OBJECTIVES['uniter-small'], layers: 2 });
  });

  it.each([
    ['vilbert', /There is no objective "vilbert"; name one of brivl, clip, clip-lit, uniter-tiny/],
    [{ kind: 'vilbert' }, /There is no objective "vilbert"/],
    [{ extends: 'clip', queue: 3 }, /train\.objective\.queue is not a known key; remove it/],
    [{ extends: 'uniter-tiny', layers: 0 }, /train\.objective\.layers is wrong/],
  ])('refuses %j', (objective, sentence) => {
    expect(() => resolveObjective(objective)).toThrow(sentence);
  });
});

function bytesOf(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
