import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeNpy } from '@wenlan/evaluation';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from './command-line.ts';

/** Runs the command. @returns its status, the object it printed and what it said */
async function wenlan(...args: string[]): Promise<{ status: number; printed: Record<string, unknown>; said: string }> {
  let [out, said] = ['', ''];
  const streams = { stdout: { write: (text: string) => (out += text) }, stderr: { write: (text: string) => (said += text) } };
  const status = await runCommandLine(['--json', ...args], streams);
  return { status, printed: out === '' ? {} : (JSON.parse(out) as Record<string, unknown>), said };
}

describe('score and compare', () => {
  let folder: string;
  const at = (name: string): string => join(folder, name);
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wenlan-score-'));
    const values = Float32Array.of(1, 0, 1, 0, 0, 1);
    await writeNpy(at('images.npy'), { values, rows: 3, dim: 2 });
    await writeNpy(at('texts.npy'), { values, rows: 3, dim: 2 });
    await writeFile(at('truth.json'), '[[1], [0], [2]]');
    await writeNpy(at('prompts.npy'), { values: Float32Array.of(1, 0, 0, 1), rows: 2, dim: 2 });
    await writeFile(
      at('labels.json'),
      JSON.stringify({ classNames: ['红', '绿'], labels: [0, 0, 1], trainingLabels: [0, 0, 1] }),
    );
    await writeFile(at('odd.json'), '{"labels": 3}');
    await writeNpy(at('nan.npy'), { values: values.with(2, Number.NaN), rows: 3, dim: 2 });
    await writeFile(at('references.json'), '\uFEFF{"a": ["一只猫", "猫"]}');
    await writeFile(at('one.json'), '{"a": "一只猫"}');
    await writeFile(at('twice.json'), '{"a": "一只猫", "a": "狗"}');
  });

  it.each([
    ['index', 200 / 3],
    ['optimistic', 100],
    ['pessimistic', 100 / 3],
  ])('score retrieval --ties %s', async (ties, recall) => {
    const args = ['--images', at('images.npy'), '--texts', at('texts.npy'), '--truth', at('truth.json'), '--ties', ties];
    const { status, printed } = await wenlan('score', 'retrieval', ...args);
    expect(status).toBe(0);
    expect((printed['t2i'] as Record<string, number>)['R@1']).toBeCloseTo(recall, 10);
    expect(printed['conditions']).toMatchObject({ ties });
  });

  it('score retrieval --normalize ranks by cosine', async () => {
    await writeNpy(at('long.npy'), { values: Float32Array.of(1, 0, 9, 9, 0, 1), rows: 3, dim: 2 });
    const args = ['--images', at('long.npy'), '--texts', at('prompts.npy'), '--truth', at('corners.json')];
    await writeFile(at('corners.json'), '[[0], [2]]');
    const recall = async (...more: string[]): Promise<unknown> =>
      ((await wenlan('score', 'retrieval', ...args, ...more)).printed['t2i'] as Record<string, number>)['R@1'];
    expect(await recall()).toBe(0);
    expect(await recall('--normalize')).toBe(100);
  });

  it('score retrieval --at other ranks', async () => {
    const args = ['--images', at('images.npy'), '--texts', at('texts.npy'), '--truth', at('truth.json'), '--at', '1', '2'];
    const { status, printed } = await wenlan('score', 'retrieval', ...args);
    expect(status).toBe(0);
    const keys = Object.keys(printed['t2i'] as object).filter((key) => key.startsWith('R@'));
    expect(keys).toEqual(['R@1', 'R@2']);
    expect((printed['t2i'] as Record<string, number>)['R@2']).toBe(100);
  });

  it.each([
    ['zero-shot', ['--prompts', 'prompts.npy']],
    ['linear-probe', ['--training', 'images.npy']],
  ])('score classification --method %s', async (method, [flag, file]) => {
    const args = ['--images', at('images.npy'), '--labels', at('labels.json'), '--method', method, flag!, at(file!)];
    const { status, printed } = await wenlan('score', 'classification', ...args);
    expect(status).toBe(0);
    expect(printed['top-1']).toBe(100);
  });

  it('score captions by character and by word unless told', async () => {
    const { status, printed } = await wenlan(
      'score',
      'captions',
      '--references',
      at('references.json'),
      '--candidates',
      at('one.json'),
    );
    expect(status).toBe(0);
    expect(Object.keys(printed)).toEqual(['char', 'jieba']);
    expect((printed['char'] as Record<string, number>)['BLEU-1']).toBeCloseTo(1, 6);
  });

  it.each([
    [['score', 'classification', '--images', 'images.npy', '--labels', 'labels.json'], 'needs --prompts with the vectors'],
    [
      ['score', 'classification', '--images', 'images.npy', '--labels', 'labels.json', '--method', 'knn'],
      'needs --training with vectors',
    ],
    [['score', 'classification', '--images', 'images.npy', '--labels', 'odd.json'], 'odd.json has another form'],
    [
      ['score', 'captions', '--references', 'references.json', '--candidates', 'twice.json'],
      'twice.json has the key "a" twice (line 1)',
    ],
    [
      ['score', 'captions', '--references', 'references.json', '--candidates', 'one.json', '--tokenizer', 'word'],
      'there is no tokenizer "word"; use char, jieba or space',
    ],
    [['score', 'captions', '--references', 'references.json', '--candidates', 'references.json'], 'the candidate of id "a" is ['],
    [
      ['score', 'retrieval', '--images', 'images.npy', '--texts', 'prompts.npy', '--truth', 'truth.json'],
      '3 entries for 2 texts',
    ],
    [
      ['score', 'retrieval', '--images', 'images.npy', '--texts', 'texts.npy', '--truth', 'odd.json'],
      'odd.json is no list of lists',
    ],
    [
      ['score', 'retrieval', '--images', 'images.npy', '--texts', 'texts.npy', '--truth', 'truth.json', '--at', '5', '1'],
      'recallAt is [5, 1]; give whole numbers from 1 in ascending order',
    ],
    [
      ['score', 'retrieval', '--images', 'nan.npy', '--texts', 'texts.npy', '--truth', 'truth.json'],
      'images row 1, column 0 is NaN',
    ],
    [['compare', 'absent.yaml'], "absent.yaml can't be read (ENOENT)"],
    [['compare', 'queue.yaml'], '"queue" in systems.0 is not a known key'],
    [['compare', 'condition.yaml'], 'names a condition "y" that isn\'t there'],
    [['compare', 'rerank.yaml'], 're-ranks "CLIP", which isn\'t there'],
    [['compare', 'twice.yaml'], 'two systems or two conditions have one name'],
    [['compare', 'broken.yaml'], 'mend the YAML'],
    [['compare', 'word.yaml'], 'the file is wrong (Invalid input: expected object, received string); correct it'],
    [['evaluate', 'run', '--data', 'task', '--task', 'muge'], 'has no valid_imgs.tsv'],
    [['evaluate', 'run', '--data', 'task', '--task', 'imagenet'], 'there is no task "imagenet"'],
  ])('refuses %j in a sentence', async (args, sentence) => {
    const head = 'data: x\nout: y\nseeds: [1]\nbudget: {steps: 2}\nconditions: [{name: x, captionKinds: [alt]}]\n';
    await writeFile(at('queue.yaml'), `${head}systems: [{name: a, queue: 3}]`);
    await writeFile(at('condition.yaml'), `${head}systems: [{name: a, conditions: [y]}]`);
    await writeFile(at('rerank.yaml'), `${head}systems: [{name: a, rerank: {system: CLIP, top: 3}}]`);
    await writeFile(at('twice.yaml'), `${head}systems: [{name: a}, {name: a}]`);
    await writeFile(at('broken.yaml'), 'a: [');
    await writeFile(at('word.yaml'), 'word');
    await mkdir(at('task'), { recursive: true });
    const files = args.map((arg) => (/\.(npy|json|yaml)$|^task$/.test(arg) ? at(arg) : arg));
    const { status, said } = await wenlan(...files);
    expect(said).toContain(sentence);
    expect(status).toBe(2);
  });
});
