import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyPair, openDataset, type Pair, pairId } from '@wenlan/shards';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from './command-line.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-stats-'));
  await writeFile(join(folder, 'empty.txt'), '\n \n');
});
afterAll(() => rm(folder, { recursive: true }));

describe('stats --coverage', () => {
  it('shows what a dataset has pictures of', async () => {
    const tagged = (name: string, tags: string[]): Pair => ({
      ...emptyPair({ id: pairId(name, null), source: 'web', outcome: 'ok', imageUrl: name }),
      texts: tags.map((text) => ({ kind: 'tag', text })),
    });
    const writer = await openDataset(join(folder, 'tagged'), { stage: 'raw', recipe: {} });
    await writer.append([
      tagged('http://a.test/1', ['雪山', '湖']),
      tagged('http://a.test/2', ['雪山']),
      tagged('http://a.test/3', []),
    ]);
    await writer.finish();
    await writer.close();
    let out = '';
    const streams = { stdout: { write: (text: string) => void (out += text) }, stderr: { write: () => {} } };
    expect(await runCommandLine(['stats', join(folder, 'tagged'), '--coverage'], streams)).toBe(0);
    expect(out.split('\n').map((line) => line.replaceAll(/ +/g, ' '))).toEqual([
      join(folder, 'tagged'),
      'web: 3 pictures, 2 concepts, 1 pictures without one',
      ` 2 66.7 % ${'█'.repeat(40)} 雪山`,
      ` 1 33.3 % ${'█'.repeat(20)} 湖`,
      '',
    ]);
  });
});

describe('stats and encode', () => {
  it.each([
    [['stats', 'RUN'], 'holds no run'],
    [['stats', 'FOLDER/none', '--coverage'], 'FOLDER/none'],
    [['stats', 'RUN', '--coverage', '--html', 'a.html'], "option '--coverage' cannot be used with option '--html <file>'"],
    [['encode', 'RUN', '--out', 'a.arrow'], 'Say what is encoded'],
    [['encode', 'RUN', '--out', 'a.arrow', '--lines', 'a.txt', '--pictures', 'b'], 'Say what is encoded'],
    [['encode', 'RUN', '--out', 'a.arrow', '--lines', 'FOLDER/none.txt'], "none.txt can't be read (ENOENT)"],
    [['encode', 'RUN', '--out', 'a.arrow', '--lines', 'FOLDER/empty.txt'], 'has no line with a sentence'],
    [['encode', 'RUN', '--out', 'a.arrow', '--pictures', 'FOLDER/data'], 'holds no run'],
  ])('%j is refused in one sentence', async (args, said) => {
    let err = '';
    const streams = { stdout: { write: () => {} }, stderr: { write: (text: string) => void (err += text) } };
    const given = args.map((arg) => arg.replace('RUN', join(folder, 'run')).replace('FOLDER', folder));
    expect(await runCommandLine(given, streams)).toBe(2);
    expect(err).toContain(said.replace('FOLDER', folder));
    expect(err.trim().split('\n')).toHaveLength(1);
  });
});
