import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTask, TASK_NAMES } from './readers.ts';

async function folderOf(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'wenlan-task-'));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

const lines = (...values: object[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join('');
const GOOD: Record<string, { files: Record<string, string>; texts: string[]; truth: number[][]; images: number }> = {
  'aic-icc': {
    files: {
      'caption_validation_annotations_20170910.json': JSON.stringify([
        { image_id: 'a.jpg', caption: ['一只猫', '猫在睡'], url: 'x' },
        { image_id: 'b.jpg', caption: ['两个人', '人在跑'] },
      ]),
      'caption_validation_images_20170910/a.jpg': 'a',
      'caption_validation_images_20170910/b.jpg': 'b',
    },
    texts: ['一只猫', '猫在睡', '两个人', '人在跑'],
    truth: [[0], [0], [1], [1]],
    images: 2,
  },
  'coco-cn': {
    files: {
      'imageid.human-written-caption.test.txt': 'COCO_val2014_01#0\t一只猫\nCOCO_val2014_02#0\t两个 人\n',
      'images/COCO_val2014_01.jpg': 'a',
      'images/COCO_val2014_02.jpg': 'b',
    },
    texts: ['一只猫', '两个 人'],
    truth: [[0], [1]],
    images: 2,
  },
  'flickr30k-cn': {
    files: {
      'flickr30k_cn_test.txt': '1.jpg#0\t一只猫\n1.jpg#1\t猫在睡\n2.jpg#0\t两个人\n',
      'images/1.jpg': 'a',
      'images/2.jpg': 'b',
    },
    texts: ['一只猫', '猫在睡', '两个人'],
    truth: [[0], [0], [1]],
    images: 2,
  },
  muge: {
    files: {
      'valid_imgs.tsv': '10\tQQ==\n11\tQg==\n12\tQw==\n',
      'valid_texts.jsonl': lines({ text_id: 1, text: '红裙', image_ids: [12, 10] }, { text_id: 2, text: '鞋', image_ids: [11] }),
    },
    texts: ['红裙', '鞋'],
    truth: [[2, 0], [1]],
    images: 3,
  },
  brivl: {
    files: {
      'test.jsonl': lines(
        { sentences: [['一只猫'], ['猫']], image_id: 'images/a.jpg' },
        { sentences: '人', image_id: 'images/b.jpg' },
      ),
      'images/a.jpg': 'a',
      'images/b.jpg': 'b',
    },
    texts: ['一只猫', '人'],
    truth: [[0], [1]],
    images: 2,
  },
};
GOOD['chinese-clip'] = GOOD['muge']!;

describe(readTask, () => {
  it.each(TASK_NAMES)('%s', async (name) => {
    const { files, texts, truth, images } = GOOD[name]!;
    const task = await readTask(name, await folderOf(files));
    expect(task).toMatchObject({ texts, truth });
    expect(task.images).toHaveLength(images);
    expect(task.captionPolicy).toContain(`${images} pictures, ${texts.length} texts`);
    expect(task.directions).toEqual(name === 'muge' ? ['t2i'] : ['i2t', 't2i']);
  });

  it('takes the first pictures of AIC-ICC only, as some do', async () => {
    const task = await readTask('aic-icc', await folderOf(GOOD['aic-icc']!.files), { maxImages: 1 });
    expect(task.texts).toEqual(['一只猫', '猫在睡']);
  });

  it.each(TASK_NAMES)('%s refuses another layout in one sentence that says what it wants', async (name) => {
    const other = await folderOf({ 'readme.txt': 'x' });
    await expect(readTask(name, other)).rejects.toMatchObject({ code: 'DATASET_LAYOUT', exitStatus: 2 });
    await expect(readTask(name, other)).rejects.toThrow(new RegExp(`has no .*; the layout of ${name} is .*\\.$`));
    await expect(readTask(name, join(other, 'none'))).rejects.toThrow(/is no folder; the layout of/);
  });

  it.each([
    ['aic-icc', { 'caption_validation_annotations_20170910.json': '[{' }, 'annotations_20170910.json is no JSON; the layout of'],
    ['aic-icc', { 'caption_validation_annotations_20170910.json': '{}' }, 'is no list'],
    ['aic-icc', { 'caption_validation_annotations_20170910.json': '[{"image_id": "a.jpg"}]' }, 'has no "caption"'],
    [
      'aic-icc',
      { 'caption_validation_annotations_20170910.json': '[{"image_id": "z.jpg", "caption": ["x"]}]' },
      'no picture z.jpg',
    ],
    ['coco-cn', { 'imageid.human-written-caption.test.txt': 'alone\n' }, 'line 1 of'],
    ['muge', { 'valid_imgs.tsv': 'no tab\n' }, 'line 1 of .* has no tab'],
    ['muge', { 'valid_imgs.tsv': '10\tQQ==\n10\tQg==\n' }, 'line 2 of .* gives picture 10 a second time'],
    ['muge', { 'valid_texts.jsonl': '{"text": "x", "image_ids": [99]}\n' }, 'names picture 99, which .* lacks'],
    ['muge', { 'valid_texts.jsonl': '{"text": "x", "image_ids": 10}\n' }, 'is no list'],
    ['muge', { 'valid_texts.jsonl': '{"text": " ", "image_ids": [10]}\n' }, 'has the text " "'],
    ['muge', { 'valid_texts.jsonl': 'oops\n' }, 'line 1 of .* is no JSON'],
    ['muge', { 'valid_texts.jsonl': '' }, 'has no texts of muge'],
    ['brivl', { 'test.jsonl': lines({ sentences: [], image_id: 'images/a.jpg' }) }, 'has the text nothing'],
  ])('%s refuses %j', async (name, change, sentence) => {
    await expect(readTask(name, await folderOf({ ...GOOD[name]!.files, ...change }))).rejects.toThrow(new RegExp(sentence));
  });

  it('refuses a task that it does not know', async () => {
    await expect(readTask('imagenet', '.')).rejects.toThrow('there is no task "imagenet"; name one of aic-icc, coco-cn');
  });
});
