import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Comparison } from '@wenlan/evaluation';
import { emptyPair, openDataset, type Pair, pairId } from '@wenlan/shards';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from './command-line.ts';

const COLOURS = { 红: '#dc2828', 黄: '#f0dc28', 绿: '#32aa3c', 蓝: '#2850dc' };
const MICRO = {
  extends: 'tiny',
  side: 16,
  dim: 16,
  image: {
    backbone: {
      stemChannels: 8,
      stages: [{ kernel: 3, stride: 2, expand: 1, channels: 8, repeats: 1 }],
      headChannels: 16,
    },
    regions: { grid: 1 },
    attention: { layers: 1, heads: 2, feedForward: 16, dropout: 0 },
  },
  text: {
    bert: { layers: 1, hidden: 16, heads: 2, intermediate: 16, positions: 16, dropout: 0 },
    attention: { layers: 1, heads: 2, feedForward: 16, dropout: 0 },
  },
};
const STREAM = { layers: 1, hidden: 16, heads: 2, intermediate: 16, positions: 16 };
/** Five processes are started, one after the other. */
const PATIENCE_MILLIS = 400_000;
/** JSON is YAML. */
const COMPARISON = {
  title: 'Three systems on coloured squares',
  data: 'clean',
  out: 'out',
  seeds: [1],
  budget: { steps: 4 },
  train: {
    model: MICRO,
    batchSize: 8,
    queueSize: 8,
    queueWarmupSteps: 0,
    augment: 'none',
    textBuckets: [16],
    vocabulary: { minCount: 1 },
    validateEverySteps: 2,
    validationPairs: 8,
  },
  conditions: [{ name: 'labels', train: { textWeights: { caption: 1 } }, captionKinds: ['caption'] }],
  systems: [
    { name: 'BriVL', queueSize: 16 },
    { name: 'CLIP', train: { objective: 'clip' } },
    { name: 'UNITER', train: { objective: { extends: 'uniter-tiny', ...STREAM } }, rerank: { system: 'CLIP', top: 3 } },
  ],
  gallery: { split: 'test', maxPairs: 12 },
  zeroShot: { kind: 'tag', minImages: 3, templates: ['{}', '一张{}的图'] },
  captions: { steps: 2, objective: { extends: 'captioner-tiny', ...STREAM } },
  published: ['aic-icc'],
};

async function square(index: number): Promise<Pair> {
  const [name, background] = Object.entries(COLOURS)[index % 4]!;
  const side = 8 + (index % 7);
  const image = await sharp({ create: { width: side, height: side, channels: 3, background } })
    .png()
    .toBuffer();
  const imageUrl = `https://img.example.test/${index}.png`;
  return emptyPair({
    id: pairId(imageUrl, null),
    source: 'local',
    outcome: 'ok',
    imageUrl,
    image,
    mime: 'image/png',
    width: side,
    height: side,
    sha256: createHash('sha256').update(image).digest(),
    texts: [
      { kind: 'caption', text: `${name}色方块${index % 7}` },
      { kind: 'tag', text: name },
    ],
  });
}

describe('compare', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wenlan-compare-'));
    const writer = await openDataset(join(folder, 'clean'), { stage: 'clean', recipe: {} });
    const rows = await Promise.all(Array.from({ length: 56 }, (_, index) => square(index)));
    await writer.append(rows.slice(0, 32), 'train');
    await writer.append(rows.slice(32, 40), 'validation');
    await writer.append(rows.slice(40), 'test');
    await writer.finish();
    await writer.close();
    await writeFile(join(folder, 'compare.yaml'), JSON.stringify(COMPARISON));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const compare = async (...args: string[]): Promise<{ status: number; said: string }> => {
    let said = '';
    const quiet = { write: () => true };
    const stderr = { write: (text: string) => (said += text) };
    return { status: await runCommandLine(['compare', join(folder, 'compare.yaml'), ...args], { stdout: quiet, stderr }), said };
  };
  const written = (name: string): Promise<string> => readFile(join(folder, 'out', name), 'utf8');
  const comparison = async (): Promise<Comparison> => JSON.parse(await written('comparison.json')) as Comparison;

  it('says what is missing before anything is trained', async () => {
    expect(await compare('--trained-only')).toMatchObject({ status: 0 });
    const { runs, missing } = await comparison();
    expect(runs).toEqual([]);
    expect(missing).toHaveLength(3);
    expect(await written('comparison.md')).toContain('Nothing has been trained yet.');
  });

  it(
    'trains and evaluates every system on the same pairs, and writes the tables',
    async () => {
      const { status, said } = await compare();
      expect({ status, said }).toEqual({ status: 0, said: expect.stringContaining('3/3: UNITER, labels, seed 1') });
      const { runs, missing, footer } = await comparison();
      expect(missing).toEqual([]);
      expect(runs.map(({ system, queueSize }) => [system, queueSize])).toEqual([
        ['BriVL', 16],
        ['CLIP', null],
        ['UNITER', null],
      ]);
      for (const { system, retrieval, zeroShot, captions, steps, step, loss } of runs) {
        expect(retrieval.conditions, system).toMatchObject({ images: 12, ties: 'index' });
        expect(
          zeroShot!.classes.map(({ name }) => name),
          system,
        ).toEqual(['红', '绿', '蓝', '黄']);
        expect(zeroShot!.conditions, system).toMatchObject({ images: 16, classes: 4 });
        expect(captions === null, system).toBe(system === 'BriVL'); // a point of the ablation
        expect({ steps, points: loss.length }, system).toEqual({ steps: 4, points: 4 });
        expect([2, 4], system).toContain(step);
      }
      expect(runs[2]!.retrieval.conditions.score).toContain('rerank: the first 3 of CLIP');
      expect(new Set(runs.map(({ retrieval: { conditions } }) => conditions.captionPolicy)).size).toBe(1);
      const stated = [
        'split',
        'gallery',
        'caption policy',
        'tie rule',
        'tokenizer',
        'checkpoint selection',
        'zero-shot classes',
        'engine',
      ];
      for (const name of stated) expect(footer[name], name).toMatch(/./);
      expect(await written('comparison.md')).toContain('| BriVL (published) |');
      expect((await written('comparison.csv')).trimEnd().split('\n')).toHaveLength(4);
      expect(await written('comparison.html')).toContain('Recall by queue size');
    },
    PATIENCE_MILLIS,
  );

  it(
    'trains nothing twice, and comes to the same figures',
    async () => {
      const before = await comparison();
      const metrics = join(folder, 'out/runs/clip--labels--1/metrics.jsonl');
      const { mtimeMs } = await stat(metrics);
      expect(await compare()).toMatchObject({ status: 0 });
      expect(await comparison()).toEqual(before);
      expect((await stat(metrics)).mtimeMs).toBe(mtimeMs);
    },
    PATIENCE_MILLIS,
  );

  it('refuses runs that were trained with other settings than the YAML has now', async () => {
    const file = join(folder, 'longer.yaml');
    await writeFile(file, JSON.stringify({ ...COMPARISON, budget: { steps: 5 } }));
    let said = '';
    const streams = { stdout: { write: () => true }, stderr: { write: (text: string) => (said += text) } };
    expect(await runCommandLine(['compare', file, '--trained-only'], streams)).toBe(2);
    expect(said).toMatch(/holds a run with train.steps 4, not 5/);
    await writeFile(file, JSON.stringify({ ...COMPARISON, captions: { ...COMPARISON.captions, steps: 3 } }));
    expect(await runCommandLine(['compare', file, '--trained-only'], streams)).toBe(2);
    expect(said).toMatch(
      /brivl--labels--1--captions holds a run with train.steps 2, not 3|clip--labels--1--captions holds a run with train.steps 2, not 3/,
    );
  });

  it('captions pictures by the captioner of a run, as score captions takes it', async () => {
    const [file, captioner] = [join(folder, 'square.png'), join(folder, 'out/runs/clip--labels--1--captions')];
    await writeFile(file, (await square(0)).image!);
    const attempt = async (...args: string[]): Promise<{ status: number; out: string; said: string }> => {
      let [out, said] = ['', ''];
      const streams = { stdout: { write: (text: string) => (out += text) }, stderr: { write: (text: string) => (said += text) } };
      return { status: await runCommandLine(['--json', 'caption', ...args], streams), out, said };
    };
    const { status, out } = await attempt(captioner, file);
    expect(status).toBe(0);
    expect(JSON.parse(out)).toEqual({ [file]: expect.any(String) as string });
    expect(await attempt(join(folder, 'out/runs/clip--labels--1'), file)).toMatchObject({
      status: 2,
      said: expect.stringContaining('holds a clip, not a captioner; name a run of one.') as string,
    });
    await writeFile(file, 'no picture');
    expect(await attempt(captioner, file)).toMatchObject({
      status: 2,
      said: expect.stringMatching(/square\.png doesn't decode \(.*\); name another picture\./) as string,
    });
    expect(await attempt(captioner, join(folder, 'absent.png'))).toMatchObject({
      status: 2,
      said: expect.stringContaining("absent.png can't be read; name a picture file.") as string,
    });
  });

  it('evaluates a run of it on a data set of another layout, and says which directions that is defined for', async () => {
    const pairs = await Promise.all(Array.from({ length: 6 }, (_, index) => square(index)));
    const images = pairs.map(({ image }, id) => `${id}\t${Buffer.from(image!).toString('base64')}\n`);
    const texts = pairs.map(
      ({ texts: [caption] }, id) => `${JSON.stringify({ text_id: id, text: caption!.text, image_ids: [id] })}\n`,
    );
    await writeFile(join(folder, 'valid_imgs.tsv'), images.join(''));
    await writeFile(join(folder, 'valid_texts.jsonl'), texts.join(''));
    const evaluate = async (task: string): Promise<Record<string, unknown>> => {
      let out = '';
      const streams = { stdout: { write: (text: string) => (out += text) }, stderr: { write: () => true } };
      const args = ['evaluate', join(folder, 'out/runs/clip--labels--1'), '--task', task, '--data', folder, '--json'];
      expect(await runCommandLine(args, streams)).toBe(0);
      return JSON.parse(out) as Record<string, unknown>;
    };
    const both = await evaluate('chinese-clip');
    expect(both).toMatchObject({
      i2t: { queries: 6, gallery: 6 },
      t2i: { queries: 6, gallery: 6, chance: { 'R@1': expect.closeTo(100 / 6, 8) as number } },
      conditions: { images: 6, texts: 6, notes: { task: 'chinese-clip, valid' } },
    });
    const muge = await evaluate('muge');
    expect(muge['t2i']).toEqual(both['t2i']);
    expect(Object.keys(muge)).toEqual(['t2i', 'conditions']);

    await writeFile(join(folder, 'valid_imgs.tsv'), images.with(2, `2\t${btoa('no picture')}\n`).join(''));
    let said = '';
    const streams = { stdout: { write: () => true }, stderr: { write: (text: string) => (said += text) } };
    const args = ['evaluate', join(folder, 'out/runs/clip--labels--1'), '--task', 'muge', '--data', folder];
    expect(await runCommandLine(args, streams)).toBe(2);
    expect(said).toMatch(/picture 3 of the data set doesn't decode \(.*\); copy it again\./);
  });

  it.each([
    [
      { gallery: { split: 'test' }, zeroShot: { ...COMPARISON.zeroShot, minImages: 99 } },
      'has 0 texts of kind tag that 99 pictures',
    ],
    [{ conditions: [{ name: 'x', captionKinds: ['post'] }] }, 'has no pair in split test with a text of kind post'],
    [{ zeroShot: { kind: 'tag', templates: ['no place'] } }, 'zeroShot.templates.0 is wrong'],
  ])('refuses %j', async (change, sentence) => {
    const file = join(folder, 'other.yaml');
    await writeFile(file, JSON.stringify({ ...COMPARISON, ...change }));
    let said = '';
    const streams = { stdout: { write: () => true }, stderr: { write: (text: string) => (said += text) } };
    expect(await runCommandLine(['compare', file], streams)).toBe(2);
    expect(said).toContain(sentence);
  });
});
