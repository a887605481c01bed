import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vectors } from '../../test/matrices.ts';
import { readNpy } from '../npy.ts';
import type { Vectors } from '../vectors.ts';
import type { ClassificationScores } from './accuracy.ts';
import { ensemblePrompts, fillTemplates } from './class-prompts.ts';
import { nearestNeighbours } from './nearest-neighbours.ts';
import { zeroShot } from './zero-shot.ts';
import type { ZeroShotInput } from './zero-shot.ts';
import fixture from './fixtures/numpy.json' with { type: 'json' };

const classNames = Array.from('猫狗鱼鸟马牛羊虎兔龙蛇猴');
const { labels, galleryLabels, classOfPrompt } = fixture;
let images: Vectors;
let gallery: Vectors;
let prompts: Vectors;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'classification-'));
  const load = async (name: 'images' | 'gallery' | 'prompts'): Promise<Vectors> => {
    const file = join(directory, `${name}.npy`);
    await writeFile(file, Buffer.from(fixture[name], 'base64'));
    return readNpy(file);
  };
  [images, gallery, prompts] = await Promise.all([load('images'), load('gallery'), load('prompts')]);
});
afterAll(() => rm(directory, { recursive: true }));

function expectFigures(scores: ClassificationScores, figures: typeof fixture.zeroShot): void {
  for (const k of [1, 5] as const) {
    expect(scores[`top-${k}`]).toBeCloseTo(figures[`top-${k}`], 9);
    expect(scores.meanPerClass[`top-${k}`]).toBeCloseTo(figures[`meanPerClass-${k}`], 9);
    for (const [row, percent] of figures[`perClass-${k}`].entries()) {
      const ours = scores.classes[row]![`top-${k}`]!;
      if (percent === null) expect(ours).toBeNull();
      else expect(ours).toBeCloseTo(percent, 9);
    }
  }
}

describe(zeroShot, () => {
  it('equals NumPy, with three templates a class and a class without pictures', () => {
    const scores = zeroShot({ images, labels, prompts, classOfPrompt, classNames });
    expectFigures(scores, fixture.zeroShot);
    expect(scores.chance).toEqual({ 'top-1': 100 / 12, 'top-5': 500 / 12 });
    expect(scores.classes[0]).toMatchObject({ name: '猫' });
    expect(scores.classes[11]).toEqual({ name: '猴', images: 0, 'top-1': null, 'top-5': null });
    expect(scores.conditions).toMatchObject({ images: 90, classes: 12, method: expect.stringContaining('36 prompts') });
  });

  it('takes one vector a class as it is, whatever its length, and gives ties to the lower class', () => {
    const scores = zeroShot({
      images: vectors([
        [3, 0],
        [0, 0.1],
        [1, 1],
      ]),
      labels: [0, 1, 1],
      prompts: vectors([
        [0.1, 0],
        [0, 9],
      ]),
      classNames: ['横', '竖'],
      topAt: [1, 2],
    });
    expect(scores['top-1']).toBeCloseTo(200 / 3, 12);
    expect(scores).toMatchObject({ 'top-2': 100, meanPerClass: { 'top-1': 75, 'top-2': 100 } });
  });

  const good = (): ZeroShotInput => ({
    images: vectors([
      [1, 0],
      [0, 1],
    ]),
    labels: [0, 1],
    prompts: vectors([
      [1, 0],
      [0, 1],
    ]),
    classNames: ['甲', '乙'],
  });
  it.each<[string, Partial<ZeroShotInput>, string, string]>([
    ['a label too few', { labels: [0] }, 'LABELS_SHAPE', 'labels has 1 entries for 2 images'],
    [
      'a label out of range',
      { labels: [0, 2] },
      'LABELS_RANGE',
      'labels of image 1 is 2; classes are whole numbers from 0 to 1.',
    ],
    ['half a label', { labels: [0.5, 1] }, 'LABELS_RANGE', 'labels of image 0 is 0.5'],
    ['no classes', { classNames: [] }, 'CLASSES_MISSING', 'there are no classes'],
    ['a class named twice', { classNames: ['甲', '甲'] }, 'CLASS_DUPLICATE', 'classes 0 and 1 are both called "甲"'],
    ['a class without a prompt', { classOfPrompt: [0, 0] }, 'PROMPTS_MISSING', 'class 1 has no prompt'],
    ['a prompt of no class', { classOfPrompt: [0, 7] }, 'PROMPTS_SHAPE', 'prompt 1 is of class 7'],
    ['prompts without a class', { classOfPrompt: [0] }, 'PROMPTS_SHAPE', '2 prompt vectors, but 1 classes of prompts'],
    [
      'an image of zeros',
      {
        images: vectors([
          [1, 0],
          [0, 0],
        ]),
      },
      'VECTORS_ZERO',
      'images row 1 is all zeros',
    ],
    [
      'NaN',
      {
        prompts: vectors([
          [1, Number.NaN],
          [0, 1],
        ]),
      },
      'VECTORS_NOT_FINITE',
      'prompts row 0, column 1 is NaN',
    ],
    ['two dims', { images: vectors([[1], [1]]) }, 'VECTORS_SHAPE', 'dim 1'],
    ['top-0', { topAt: [0] }, 'TOP_K', 'topAt is [0]'],
    ['no top', { topAt: [] }, 'TOP_K', 'topAt is []'],
  ])('refuses %s', (_, change, code, message) => {
    expect(() => zeroShot({ ...good(), ...change })).toThrow(
      expect.objectContaining({ name: 'UserError', code, message: expect.stringContaining(message) }),
    );
  });
});

describe(ensemblePrompts, () => {
  it('weighs every template the same, however long its vector', () => {
    const [x, y] = ensemblePrompts(
      vectors([
        [100, 0],
        [0, 0.01],
      ]),
      [0, 0],
      1,
    ).values;
    expect(x).toBeCloseTo(Math.SQRT1_2, 6);
    expect(y).toBeCloseTo(Math.SQRT1_2, 6);
  });

  it('refuses prompts that cancel out', () => {
    expect(() =>
      ensemblePrompts(
        vectors([
          [1, 0],
          [-1, 0],
        ]),
        [0, 0],
        1,
      ),
    ).toThrow('class vectors row 0 is all zeros');
  });
});

describe(fillTemplates, () => {
  it('fills every template with every name, as it stands', () => {
    expect(fillTemplates(['猫', '$&'], ['一张{}的照片。', '{}和{}'])).toEqual({
      prompts: ['一张猫的照片。', '猫和猫', '一张$&的照片。', '$&和$&'],
      classOfPrompt: [0, 0, 1, 1],
    });
  });

  it.each<[string[], string[], string]>([
    [['猫'], ['照片'], 'TEMPLATE_PLACE'],
    [[], ['{}'], 'CLASSES_MISSING'],
    [['猫'], [], 'CLASSES_MISSING'],
    [[' '], ['{}'], 'CLASS_EMPTY'],
    [['猫', '猫'], ['{}'], 'CLASS_DUPLICATE'],
  ])('refuses %j with %j', (names, templates, code) => {
    expect(() => fillTemplates(names, templates)).toThrow(expect.objectContaining({ code, exitStatus: 2 }));
  });
});

describe(nearestNeighbours, () => {
  it('equals NumPy with 20 neighbours', () => {
    const scores = nearestNeighbours({ images, labels, gallery, galleryLabels, classNames });
    expectFigures(scores, fixture.knn);
    expect(scores.conditions.method).toBe('k-NN: 20 of 150 pictures vote with exp(cosine / 0.07)');
  });

  it('takes the class of the nearest when one votes, and stays finite at a low temperature', () => {
    const input = {
      images: vectors([[1, 0.1]]),
      labels: [1],
      gallery: vectors([
        [1, 0],
        [0.9, 0.5],
        [0.9, 0.5],
      ]),
      galleryLabels: [1, 0, 0],
      classNames: ['甲', '乙'],
    };
    expect(nearestNeighbours({ ...input, neighbours: 1 })['top-1']).toBe(100);
    expect(nearestNeighbours({ ...input, neighbours: 3, temperature: 1e-6 })['top-1']).toBe(100);
    expect(nearestNeighbours({ ...input, neighbours: 3, temperature: 1 })['top-1']).toBe(0);
  });

  it.each([
    [{ neighbours: 151 }, 'NEIGHBOURS', '151 neighbours are asked of a gallery of 150'],
    [{ neighbours: 0 }, 'NEIGHBOURS', '0 neighbours'],
    [{ temperature: 0 }, 'TEMPERATURE', 'the temperature is 0'],
    [{ galleryLabels: [0] }, 'LABELS_SHAPE', 'galleryLabels has 1 entries for 150 images'],
  ])('refuses %j', (change, code, message) => {
    expect(() => nearestNeighbours({ images, labels, gallery, galleryLabels, classNames, ...change })).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });
});
