import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { emptyPair, openDataset } from '@wenlan/shards';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

interface Done {
  args: string[];
  status: number;
  err: string;
}

describe('commands that need no TensorFlow', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wenlan-no-tensorflow-'));
    const writer = await openDataset(join(folder, 'data'), { stage: 'clean', recipe: {} });
    const texts = [{ kind: 'tag', text: '雪山' }] as const;
    await writer.append([{ ...emptyPair({ id: 'a', source: 'local', outcome: 'ok' }), texts: [...texts] }], 'train');
    await writer.finish();
    await writer.close();
    await mkdir(join(folder, 'run'));
    await writeFile(join(folder, 'run/run.json'), JSON.stringify({ formatVersion: 1, config: { batchSize: 4 } }));
    const step = { step: 1, epoch: 0, loss: 2, gradientNorm: 1, learningRate: 0.1, samplesPerSecond: 9, dataWaitShare: 0 };
    await writeFile(
      join(folder, 'run/metrics.jsonl'),
      `${JSON.stringify({ ...step, residentMegabytes: 1, skippedPictures: 0 })}\n`,
    );
  });
  afterAll(() => rm(folder, { recursive: true }));

  const run = async (...commands: string[][]): Promise<Done[]> => {
    const child = fileURLToPath(new URL('../test/support/no-tensorflow-child.ts', import.meta.url));
    const args = ['--conditions=@wenlan/source', '--import', import.meta.resolve('tsx'), child, JSON.stringify(commands)];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder });
    return JSON.parse(stdout) as Done[];
  };

  it('load none of it', async () => {
    const commands = [
      ['init'],
      ['inspect', 'data'],
      ['verify', 'data'],
      ['stats', 'run'],
      ['stats', 'run', '--html', 'curves.html'],
      ['stats', 'data', '--coverage'],
      ['export', 'data', '--out', 'list', '--format', 'list'],
      ['forget', 'data', '--id', 'a'],
      ['explain', '一只小狗在雪地里奔跑'],
      ['engine', 'status'],
    ];
    const done = await run(...commands);
    const failed = done.filter(({ status }) => status !== 0);
    expect(failed).toEqual([]);
    const helps = done.filter(({ args }) => args.at(-1) === '--help').map(({ args }) => args.join(' '));
    expect(helps).toEqual(expect.arrayContaining(['--help', 'train --help', 'search --help', 'engine install --help']));
    expect(done).toHaveLength(helps.length + commands.length);
  });

  it('are told from those that do', async () => {
    const [search] = (await run(['search', 'run', '雪', '--data', 'data'])).slice(-1);
    expect(search).toMatchObject({ status: 1, err: expect.stringContaining('TensorFlow is imported by') as string });
  });
});
