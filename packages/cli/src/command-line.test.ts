import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyPair, openDataset, pairId } from '@wenlan/shards';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runWenlan } from '../test/support/run-wenlan.ts';
import { loadConfig } from './config/load.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-cli-'));
  const writer = await openDataset(join(folder, 'data'), { stage: 'clean', recipe: {} });
  const rows = ['a', 'b', 'c'].map((name) =>
    emptyPair({ id: pairId(`http://a.test/${name}.png`, null), source: 'news', outcome: name === 'c' ? 'timeout' : 'ok' }),
  );
  await writer.append(rows, 'train');
  await writer.finish();
  await writer.close();
});
afterAll(() => rm(folder, { recursive: true }));

describe('the command line', () => {
  it('prints help and its version', async () => {
    const help = await runWenlan('--help');
    expect(help.status).toBe(0);
    const commands = [
      'quickstart',
      'init',
      'run',
      'crawl',
      'clean',
      'train',
      'evaluate',
      'search',
      'inspect',
      'verify',
      'engine',
    ];
    for (const command of commands) expect(help.out).toContain(`  ${command} `);
    expect((await runWenlan('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('ends with status 2 for an unknown command, a missing option and a wrong number', async () => {
    for (const args of [
      ['crwal'],
      ['train'],
      ['train', '--data', 'd', '--out', 'r', '--steps', 'many'],
      ['train', '--data', 'd', '--out', 'r', '--steps', '0'],
      ['search', 'r', '猫', '--data', 'd', '--top', '0'],
      ['crawl', '--out', 'd', '--connect-to', 'baike.test'],
    ]) {
      const { status, out, err } = await runWenlan(...args);
      expect(status).toBe(2);
      expect(out).toBe('');
      expect(err).toMatch(/^error: /);
    }
  });

  it('writes a config to start from, and never over one that is there', async () => {
    const file = join(folder, 'start.yaml');
    expect(await runWenlan('init', file)).toMatchObject({ status: 0, err: '' });
    expect(await loadConfig(file)).toMatchObject({ seed: 7, clean: { recipe: 'default' }, train: { model: 'small' } });
    const again = await runWenlan('init', file);
    expect(again.status).toBe(2);
    expect(again.err).toContain('start.yaml is there already');
  });

  it('inspects a dataset as JSON and nothing else', async () => {
    const { status, out, err } = await runWenlan('--json', 'inspect', join(folder, 'data'));
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(JSON.parse(out)).toMatchObject({
      rows: 3,
      byOutcome: { ok: 2, timeout: 1 },
      bySource: { news: 3 },
      bySplit: { train: 3 },
    });
  });

  it('verifies a dataset, and says which file is damaged', async () => {
    const sound = await runWenlan('verify', join(folder, 'data'));
    expect(sound.status).toBe(0);
    expect(sound.out).toContain('3 rows in 1 shards');
    const [shard] = await readdir(join(folder, 'data', 'data'));
    await writeFile(join(folder, 'data', 'data', shard!), 'nothing');
    const damaged = await runWenlan('verify', join(folder, 'data'));
    expect(damaged.status).toBe(1);
    expect(damaged.out).toContain(shard!);
  });

  it('names a missing dataset and a missing run in one sentence with status 2', async () => {
    for (const args of [
      ['inspect', join(folder, 'nowhere')],
      ['evaluate', join(folder, 'nowhere'), '--data', join(folder, 'data')],
      ['search', join(folder, 'nowhere'), '雪地里的狗', '--data', join(folder, 'data')],
      ['train', '--data', join(folder, 'nowhere'), '--out', join(folder, 'run')],
    ]) {
      const { status, out, err } = await runWenlan(...args);
      expect({ args, status, out }).toEqual({ args, status: 2, out: '' });
      expect(err).toContain('nowhere');
      expect(err.trim().split('\n')).toHaveLength(1);
    }
  });

  it('asks for a sentence where the query is empty', async () => {
    expect(await runWenlan('search', join(folder, 'run'), ' ', '--data', join(folder, 'data'))).toMatchObject({
      status: 2,
      out: '',
      err: expect.stringContaining('The query is empty; give a sentence, or the name of a picture file.') as string,
    });
  });

  it('names the file and the key of a config that is wrong', async () => {
    const file = join(folder, 'wenlan.yaml');
    const attempt = async (yaml: string): Promise<string> => {
      await writeFile(file, yaml);
      const { status, err } = await runWenlan(
        'train',
        '--data',
        join(folder, 'data'),
        '--out',
        join(folder, 'run'),
        '--config',
        file,
      );
      expect(status).toBe(2);
      return err;
    };
    expect(await attempt('evaluate:\n  spilt: test\n')).toContain('wenlan.yaml: "evaluate.spilt" is not a known key');
    expect(await attempt('evaluate:\n  split: tets\n')).toContain('wenlan.yaml: "evaluate.split" is wrong');
    const source = (keys: string): string => `crawl:\n  contact: a@b.test\n  sources: [{ name: a, kind: web${keys} }]\n`;
    expect(await attempt(source(', seed: [x]'))).toContain(
      '"crawl.sources.0.seed" is not a known key; remove it or correct its name.',
    );
    expect(await attempt(source(''))).toContain('"crawl.sources.0.seeds" is missing; add it.');
    expect(await attempt('train:\n  stpes: 10\n')).toContain('train.stpes is not a known key');
    expect(await attempt('seed: [1\n')).toMatch(/wenlan\.yaml:\d+: /);
    await rm(file);
    expect((await runWenlan('train', '--data', 'd', '--out', 'r', '--config', file)).err).toContain("wenlan.yaml can't be read");
  });
});
