import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { runCommandLine } from '@wenlan/cli';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawings } from './support/drawings.ts';
import { writeDrawnPairs } from './support/drawn-pairs.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-line-'));
  await writeDrawnPairs(join(folder, 'data'), 8);
  const train = {
    steps: 150,
    augment: 'none',
    batchSize: 16,
    queueSize: 64,
    queueWarmupSteps: 50,
    warmupSteps: 10,
    checkpointEverySteps: 50,
    textBuckets: [16],
    vocabulary: { minCount: 1 },
  };
  await writeFile(join(folder, 'wenlan.yaml'), JSON.stringify({ seed: 1, train })); // JSON is YAML
});
afterAll(() => rm(folder, { recursive: true }));

async function wenlan(...args: string[]): Promise<Record<string, unknown>> {
  let out = '';
  let err = '';
  const config = ['--config', join(folder, 'wenlan.yaml')];
  const streams = {
    stdout: { write: (text: string) => void (out += text) },
    stderr: { write: (text: string) => void (err += text) },
  };
  const status = await runCommandLine(['--json', ...args, '--data', join(folder, 'data'), ...config], streams);
  expect({ status, err: status === 0 ? '' : err }).toEqual({ status: 0, err: '' });
  return JSON.parse(out) as Record<string, unknown>;
}

async function command(...args: string[]): Promise<string> {
  const written = { out: '', err: '' };
  const streams = {
    stdout: { write: (text: string) => void (written.out += text) },
    stderr: { write: (text: string) => void (written.err += text) },
  };
  const status = await runCommandLine(args, streams);
  expect({ args, status, err: status === 0 ? '' : written.err }).toEqual({ args, status: 0, err: '' });
  return written.out;
}

describe('the line from a dataset to a searched model', () => {
  it('trains until held-out pictures are found well above chance', { timeout: 300_000 }, async () => {
    const summary = await wenlan('train', '--out', join(folder, 'run'), '--workers', '0');
    expect(summary).toMatchObject({ steps: 150, skippedPictures: 0 });
    expect(summary['loss'] as number).toBeLessThan(summary['firstLoss'] as number);
    const result = (await wenlan('evaluate', join(folder, 'run'))) as Record<
      'i2t' | 't2i',
      { 'R@1': number; gallery: number; chance: Record<string, number> }
    >;
    for (const direction of [result.i2t, result.t2i]) {
      expect(direction.gallery).toBe(24);
      expect(direction['R@1']).toBeGreaterThan(4 * direction.chance['R@1']!);
    }
  });

  it('draws the curves of the run in the terminal and in a page', async () => {
    const [run, page] = [join(folder, 'run'), join(folder, 'curves.html')];
    const shown = await command('stats', run, '--html', page);
    expect(shown).toContain('loss over 150 steps');
    expect(shown).toMatch(/samples\/s +data ms +compute ms/u);
    const written = await readFile(page, 'utf8');
    expect(written).toContain('<title>Training: ');
    expect(written).not.toMatch(/<script|https?:/u);
    const { runs } = JSON.parse(await command('--json', 'stats', run)) as { runs: { steps: number; computeMillis: number }[] };
    expect(runs).toMatchObject([{ steps: 150, skippedPictures: 0 }]);
    expect(runs[0]!.computeMillis).toBeGreaterThan(0);
  });

  it('encodes pictures, captions and lines into files that score retrieval reads', async () => {
    const [run, data] = [join(folder, 'run'), join(folder, 'data')];
    const [pictures, captions] = [join(folder, 'pictures.arrow'), join(folder, 'captions.arrow')];
    expect(
      JSON.parse(await command('--json', 'encode', run, '--pictures', data, '--split', 'test', '--out', pictures)),
    ).toMatchObject({
      rows: 24,
      skipped: 0,
    });
    await command('encode', run, '--captions', data, '--split', 'test', '--out', captions);
    const truth = join(folder, 'truth.json');
    await writeFile(truth, JSON.stringify(Array.from({ length: 24 }, (_, row) => [row])));
    const score = ['--json', 'score', 'retrieval', '--images', pictures, '--texts', captions, '--truth', truth];
    const { t2i } = JSON.parse(await command(...score)) as { t2i: Record<string, number> };
    expect(t2i['R@5']).toBeGreaterThan(50);
    const lines = join(folder, 'lines.txt');
    await writeFile(lines, '红色的圆形\n蓝色的方形\n');
    expect(await command('encode', run, '--lines', lines, '--out', join(folder, 'lines.arrow'))).toContain('2 vectors of');
  });

  it('answers a sentence with pictures and a picture with lines in the studio', { timeout: 120_000 }, async () => {
    const lines = join(folder, 'lines.txt');
    await writeFile(
      lines,
      drawings(0)
        .map(({ caption }) => caption)
        .join('\n'),
    );
    const songs = join(folder, 'songs.jsonl');
    const list = drawings(0).map(({ caption }, index) => ({
      title: `第${index}首`,
      artist: '某人',
      lyrics: ['啦啦啦', caption],
    }));
    await writeFile(songs, list.map((song) => JSON.stringify(song)).join('\n'));
    const main = join(import.meta.dirname, '../packages/cli/src/main.ts');
    const args = ['serve', join(folder, 'data'), '--run', join(folder, 'run'), '--sentences', lines, '--songs', songs];
    const child = spawn(process.execPath, ['--conditions=@wenlan/source', '--import', 'tsx', main, '--json', ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const closed = once(child, 'close');
    try {
      const [line] = (await Promise.race([once(createInterface(child.stdout), 'line'), closed])) as [string];
      const { url } = JSON.parse(line) as { url: string };
      const search = async (body: object): Promise<string[]> => {
        const response = await fetch(new URL('/api/search', url), { method: 'POST', body: JSON.stringify(body) });
        return ((await response.json()) as { matches: { text: string }[] }).matches.map(({ text }) => text);
      };
      expect(await search({ collection: 'data: pictures', text: '红色的圆形', top: 3 })).toContain('红色的圆形');
      const { svg, caption } = drawings(1)[5]!;
      const picture = Buffer.from(svg).toString('base64');
      expect(await search({ collection: 'lines.txt', picture, top: 5 })).toContain(caption);
      const found = await search({ collection: 'songs.jsonl', picture, top: 5 });
      expect(found).toContain(caption);
      expect(found).toHaveLength(5);
    } finally {
      child.kill('SIGINT');
      await closed;
    }
  });

  it('starts another run from its weights, exported under the released names', { timeout: 120_000 }, async () => {
    const file = join(folder, 'brivl.pth');
    let out = '';
    const streams = { stdout: { write: (text: string) => void (out += text) }, stderr: { write: () => {} } };
    const args = ['--json', 'export', '--run', join(folder, 'run'), '--format', 'pth', '--out', file];
    expect(await runCommandLine(args, streams)).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ file, step: 150 });
    const vocabulary = join(folder, 'run', 'vocab.txt');
    const settings = JSON.parse(await readFile(join(folder, 'wenlan.yaml'), 'utf8')) as { train: object };
    await writeFile(
      join(folder, 'again.yaml'),
      JSON.stringify({ ...settings, train: { ...settings.train, vocabulary, steps: 2 } }),
    );
    out = '';
    const again = ['--data', join(folder, 'data'), '--out', join(folder, 'again'), '--config', join(folder, 'again.yaml')];
    expect(await runCommandLine(['--json', 'train', ...again, '--init', file, '--workers', '0'], streams)).toBe(0);
    const { firstLoss } = JSON.parse(out) as { firstLoss: number };
    const fresh = JSON.parse((await readFile(join(folder, 'run', 'metrics.jsonl'), 'utf8')).split('\n')[0]!) as { loss: number };
    expect(firstLoss).toBeLessThan(fresh.loss / 2);
  });

  it('has nothing left to train the second time, and finds pictures by a sentence', { timeout: 120_000 }, async () => {
    expect(await wenlan('train', '--out', join(folder, 'run'))).toMatchObject({ steps: 150 });
    const { matches } = (await wenlan('search', join(folder, 'run'), '红色的圆形', '--top', '8')) as {
      matches: { caption: string; score: number }[];
    };
    expect(matches).toHaveLength(8);
    expect(matches.map(({ caption }) => caption)).toContain('红色的圆形');
    expect(matches.map(({ score }) => score)).toEqual(matches.map(({ score }) => score).sort((a, b) => b - a));
  });
});
