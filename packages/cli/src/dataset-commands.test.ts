import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeNpy } from '@wenlan/evaluation';
import { readPairs } from '@wenlan/shards';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runWenlan, wenlanJson } from '../test/support/run-wenlan.ts';

let folder: string;
const at = (name: string): string => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-datasets-'));
  const rows = ['path,caption'];
  for (const [index, background] of ['#d22', '#2a4', '#24d'].entries()) {
    await sharp({ create: { width: 40, height: 30, channels: 3, background } })
      .png()
      .toFile(at(`${index}.png`));
    rows.push(`${index}.png,第${index}张图`);
  }
  await writeFile(at('list.csv'), `${[...rows, 'gone.png,没有的图'].join('\n')}\n`);
  await writeFile(at('references.json'), JSON.stringify({ a: ['一只猫在睡觉', '猫睡着了'], b: ['两只狗在跑'] }));
  await writeFile(at('candidates.json'), JSON.stringify({ a: '一只猫在睡觉', b: '两只狗在玩' }));
});
afterAll(() => rm(folder, { recursive: true }));

describe('datasets from and for other programs', () => {
  it('imports a list, and says what is wrong with a row', async () => {
    const summary = await wenlanJson('import', at('list.csv'), '--out', at('data'), '--split', 'train');
    expect(summary).toMatchObject({ format: 'list', rows: 4, byOutcome: { ok: 3 } });
    expect(summary['problems']).toMatchObject([{ where: 'list.csv line 5', outcome: 'filtered:file-missing' }]);
    const lines = await runWenlan('import', at('list.csv'), '--out', at('data'), '--split', 'train');
    expect(lines).toMatchObject({ status: 0, out: `4 rows of list, 3 with a picture: ${at('data')}\n` });
    const wrong = await runWenlan('import', at('list.csv'), '--out', at('never'), '--format', 'xls');
    expect(wrong.status).toBe(2);
    expect(wrong.err).toContain('There is no format xls');
  });

  it('exports rows with the ids of a file into a dataset, in shards of a size', async () => {
    const { rows } = await wenlanJson('inspect', at('data'));
    await wenlanJson('export', at('data'), '--format', 'dataset', '--shard-rows', '1', '--out', at('small'));
    expect(await wenlanJson('inspect', at('small'))).toMatchObject({ rows, shards: rows });
    const ids: string[] = [];
    for await (const batch of readPairs(at('data'), { columns: [] })) ids.push(...batch.map(({ id }) => id));
    await writeFile(at('ids.txt'), `${ids[1]!}\n`);
    const args = ['export', at('data'), '--ids', at('ids.txt'), '--out', at('one'), '--format'];
    expect(await wenlanJson(...args, 'dataset')).toEqual({ dataset: at('one'), rows: 1, shards: 1 });
    expect(await runWenlan(...args, 'parquet')).toEqual({
      status: 2,
      out: '',
      err: '--ids and --shard-rows make a dataset; use --format dataset, and export that one as parquet.\n',
    });
    const absent = await runWenlan('export', at('data'), '--ids', at('none.txt'), '--out', at('two'), '--format', 'dataset');
    expect(absent).toMatchObject({
      status: 2,
      err: `${at('none.txt')} can't be read (ENOENT); name a text file with an id on each line.\n`,
    });
  });

  it('exports rows that a condition holds for', async () => {
    const args = ['export', at('data'), '--format', 'list', '--table', 'jsonl', '--split', 'train'];
    expect(await wenlanJson(...args, '--where', 'width = 40', '--out', at('list'))).toMatchObject({ rows: 3 });
    const [file] = (await readdir(at('list'))).filter((name) => name.endsWith('.jsonl'));
    expect((await readFile(join(at('list'), file!), 'utf8')).trim().split('\n')).toHaveLength(3);
    expect((await runWenlan('export', '--format', 'list', '--out', at('other'))).err).toContain(
      'name a dataset, or a run with --run',
    );
    const weights = await runWenlan('export', '--run', at('data'), '--format', 'onnx', '--out', at('other'));
    expect(weights).toMatchObject({ status: 2, err: 'There is no format onnx for weights; use pth or safetensors.\n' });
    const wrong = await runWenlan(...args, '--where', 'widht = 40', '--out', at('other'));
    expect(wrong.status).toBe(2);
    expect(wrong.err).toContain('widht');
  });

  it('forgets a pair for good', async () => {
    const ids = (JSON.parse(await readFile(join(at('list'), 'export.json'), 'utf8')) as { rows: number }).rows;
    expect(ids).toBe(3);
    const [file] = (await readdir(at('list'))).filter((name) => name.endsWith('.jsonl'));
    const { id } = JSON.parse((await readFile(join(at('list'), file!), 'utf8')).split('\n')[0]!) as { id: string };
    expect(await wenlanJson('forget', at('data'), '--id', id)).toMatchObject({
      ids: [id],
      datasets: [{ rows: 1, shardsRewritten: 1 }],
    });
    expect(await wenlanJson('inspect', at('data'))).toMatchObject({ byOutcome: { ok: 2, forgotten: 1 } });
    expect((await wenlanJson('verify', at('data')))['sound']).toBe(true);
    const wrong = await runWenlan('forget', at('data'), '--phash', 'xyz');
    expect(wrong).toMatchObject({ status: 2, err: 'xyz is no perceptual hash; give its 16 hexadecimal digits.\n' });
    expect((await runWenlan('forget', at('data'))).err).toContain('it names nothing');
  });

  it('scores captions by tokenizer, and names a file that is none', async () => {
    const files = ['score', 'captions', '--references', at('references.json'), '--candidates'];
    const scores = await wenlanJson(...files, at('candidates.json'));
    expect(Object.keys(scores)).toEqual(['char', 'jieba']);
    expect(scores['jieba']).toMatchObject({ conditions: { tokenizer: expect.stringMatching(/^jieba \d/) as string } });
    expect((scores['char'] as { 'BLEU-1': number })['BLEU-1']).toBeCloseTo(10 / 11, 6);
    expect(await runWenlan(...files, at('nowhere.json'))).toMatchObject({ status: 2, out: '' });
    expect((await runWenlan(...files, at('list.csv'))).err).toContain('list.csv is no JSON');
    expect((await runWenlan(...files, at('candidates.json'), '--tokenizer', 'words')).err).toContain('no tokenizer "words"');
  });

  it('scores vectors, and names a truth that does not fit', async () => {
    const rows = (...values: number[]): { values: Float32Array; rows: number; dim: number } => ({
      values: Float32Array.from(values),
      rows: values.length / 2,
      dim: 2,
    });
    await writeNpy(at('images.npy'), rows(1, 0, 0, 1, -1, 0));
    await writeNpy(at('texts.npy'), rows(5, 1, 0, 2, -3, 0, 1, 1));
    await writeFile(at('truth.json'), '[[0], [1], [2], [0, 1]]');
    const files = ['score', 'retrieval', '--images', at('images.npy'), '--texts', at('texts.npy'), '--truth'];
    expect(await wenlanJson(...files, at('truth.json'), '--normalize')).toMatchObject({
      i2t: { 'R@1': 100 },
      t2i: { 'R@1': 100 },
    });
    await writeFile(at('flat.json'), '[0, 1, 2, 0]');
    expect((await runWenlan(...files, at('flat.json'))).err).toContain('flat.json is no list of lists');
    await writeFile(at('short.json'), '[[0]]');
    expect(await runWenlan(...files, at('short.json'))).toMatchObject({ status: 2 });
    expect((await runWenlan(...files.with(3, at('list.csv')), at('truth.json'))).err).toContain('list.csv');
  });
});
