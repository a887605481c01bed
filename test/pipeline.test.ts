import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveFolder, type FolderServer } from '../packages/cli/src/serve-folder.ts';
import { writeDrawnSite } from './support/drawn-site.ts';
import { type Ended, type LogLine, wenlan } from './support/wenlan.ts';

const STEPS = 12;
const config = {
  seed: 3,
  clock: '2025-01-01T00:00:00Z',
  crawl: {
    contact: 'https://example.org/wenlan-test',
    sources: [{ name: 'site', kind: 'web', seeds: ['http://site.test/'] }],
    allowAddresses: ['127.0.0.0/8'],
    perHost: { requestsPerSecond: 10_000, concurrency: 8 },
  },
  clean: {
    recipe: {
      extends: 'small-pictures',
      name: 'drawings',
      // Variants of a drawing are near-duplicates, and share their text, on purpose.
      change: { 'near-duplicate': false, 'text-frequency': false, icon: false },
      split: { validation: 0.1, test: 0, heldOut: { urlContains: ['/held-out'] } },
    },
  },
  train: {
    steps: STEPS,
    batchSize: 8,
    queueSize: 16,
    queueWarmupSteps: 4,
    checkpointEverySteps: 4,
    textBuckets: [16],
    vocabulary: { minCount: 1 },
  },
};

let folder: string;
let server: FolderServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-pipeline-'));
  await writeDrawnSite(join(folder, 'site'), 5);
  server = await serveFolder(join(folder, 'site'));
  await writeFile(join(folder, 'wenlan.yaml'), stringify(config));
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const out = (name: string): string => join(folder, name);

function run(name: string, onLog?: Parameters<typeof wenlan>[1], file = 'wenlan.yaml'): Promise<Ended> {
  const args = ['run', '--config', join(folder, file), '--out', out(name), '--connect-to', `site.test=${server.address}`];
  return wenlan([...args, '--workers', '0'], onLog);
}

/** What a run must have in common with every other of the same config: datasets byte for byte, losses bit for bit. */
async function fingerprint(name: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const dataset of ['raw', 'clean']) {
    for (const file of await readdir(join(out(name), dataset), { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue;
      const bytes = await readFile(join(file.parentPath, file.name));
      files[`${dataset}/${file.name}`] = createHash('sha256').update(bytes).digest('hex');
    }
  }
  const metrics = (await readFile(join(out(name), 'runs/brivl/metrics.jsonl'), 'utf8')).trim().split('\n');
  files['losses'] = metrics.map((line) => (JSON.parse(line) as { loss: number }).loss).join(' ');
  return files;
}

/** Sends a signal once a stage has come so far. */
function reaches(stage: string, done: number, signal: NodeJS.Signals): Parameters<typeof wenlan>[1] {
  let isSent = false;
  return (line: LogLine, child) => {
    if (isSent || line.stage !== stage || line.done! < done) return;
    isSent = child.kill(signal);
  };
}

describe('the whole line', () => {
  it('goes from pages to a report, and finds everything done the second time', { timeout: 120_000 }, async () => {
    const first = await run('plain');
    expect({ status: first.status, err: first.err }).toEqual({ status: 0, err: '' });
    const result = JSON.parse(first.out) as Record<string, unknown>;
    expect(result).toMatchObject({ candidates: 120, kept: 120, gallery: 24, report: join(out('plain'), 'report/index.html') });
    expect(result['chanceAt10']).toBeCloseTo((100 * 10) / 24, 1);
    expect(result['recallAt10']).toBeGreaterThan(0);
    expect(Object.keys(result['seconds'] as object)).toEqual(['crawl', 'clean', 'train', 'evaluate']);
    const page = await readFile(result['report'] as string, 'utf8');
    expect(page).toContain('红色的圆形');
    expect(page).not.toMatch(/(?:src|href)="https?:/);

    const before = await fingerprint('plain');
    const again = await run('plain');
    expect(again.status).toBe(0);
    const { seconds, peakRssMegabytes, ...rest } = JSON.parse(again.out) as Record<string, unknown>;
    expect(result).toMatchObject(rest);
    expect(await fingerprint('plain')).toEqual(before);
  });

  it.each([
    ['crawl', 2],
    ['clean', 1],
    ['train', 6],
  ])('killed while it does %s and run again, ends with the same bytes', { timeout: 120_000 }, async (stage, done) => {
    const killed = await run(`killed-${stage}`, reaches(stage, done, 'SIGKILL'));
    expect(killed).toMatchObject({ status: 'SIGKILL', out: '' });
    expect(await run(`killed-${stage}`)).toMatchObject({ status: 0, err: '' });
    expect(await fingerprint(`killed-${stage}`)).toEqual(await fingerprint('plain'));
  });

  it.each([
    ['crawl', 2],
    ['train', 6],
  ])('stopped by Ctrl-C while it does %s, says how to go on and does', { timeout: 120_000 }, async (stage, done) => {
    const stopped = await run(`stopped-${stage}`, reaches(stage, done, 'SIGINT'));
    expect(stopped).toMatchObject({ status: 130, out: '' });
    expect(stopped.err).toBe('Interrupted; run the same command again to go on from here.\n');
    expect(await run(`stopped-${stage}`)).toMatchObject({ status: 0, err: '' });
    expect(await fingerprint(`stopped-${stage}`)).toEqual(await fingerprint('plain'));
  });
});

describe('bad input of the whole line', () => {
  async function refused(name: string, changed: object): Promise<string> {
    await writeFile(join(folder, `${name}.yaml`), stringify({ ...config, ...changed }));
    const { status, out: printed, err } = await run(name, undefined, `${name}.yaml`);
    expect({ status, printed }).toEqual({ status: 2, printed: '' });
    expect(err.trim().split('\n')).toHaveLength(1);
    return err;
  }

  it('names a split that came out empty, and mends by another recipe', { timeout: 60_000 }, async () => {
    const split = { validation: 0.1, test: 0, heldOut: { urlContains: ['/nowhere'] } };
    const err = await refused('empty', { clean: { recipe: { ...config.clean.recipe, split } } });
    expect(err).toContain('The split test is empty');
    expect(err).toContain('"/nowhere"');
    expect(await run('empty')).toMatchObject({ status: 0 });
  });

  it('names a site that does not answer', { timeout: 60_000 }, async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as { port: number };
    closed.close();
    const args = ['crawl', '--config', join(folder, 'wenlan.yaml'), '--out', out('silent')];
    const { status, err } = await wenlan([...args, '--connect-to', `site.test=127.0.0.1:${port}`]);
    expect(status).toBe(2);
    expect(err).toContain('http://site.test/');
    expect(err.trim().split('\n')).toHaveLength(1);
    // Once the site answers, the same command does its work.
    expect((await wenlan([...args, '--connect-to', `site.test=${server.address}`])).status).toBe(0);
  });

  it(
    'names an unknown key of the config, a source without seeds, and a recipe with an unknown rule',
    { timeout: 60_000 },
    async () => {
      expect(await refused('bad-key', { crawl: { ...config.crawl, concurency: 3 } })).toContain(
        '"crawl.concurency" is not a known key',
      );
      const [source] = config.crawl.sources;
      const err = await refused('bad-seeds', { crawl: { ...config.crawl, sources: [{ ...source, seeds: [] }] } });
      expect(err).toContain('"crawl.sources.0.seeds" is wrong');
      const recipe = { ...config.clean.recipe, change: { 'near-duplicates': false } };
      expect(await refused('bad-recipe', { clean: { recipe } })).toContain('change.near-duplicates');
    },
  );

  it('names the key in which a run that lies there was trained otherwise', { timeout: 60_000 }, async () => {
    const changed = { ...config, train: { ...config.train, model: { extends: 'tiny', dim: 64 } } };
    await writeFile(join(folder, 'other-model.yaml'), stringify(changed));
    const { status, err } = await run('plain', undefined, 'other-model.yaml');
    expect(status).toBe(2);
    expect(err).toMatch(/holds a run with .*dim|holds a run with train\.model/);
  });

  it('names a folder to crawl that is not there, and says where the sample web is', { timeout: 60_000 }, async () => {
    const missing = await wenlan(['quickstart', '--site', out('nowhere'), '--out', out('never')]);
    expect(missing.status).toBe(2);
    expect(missing.err).toContain('nowhere does not exist');
    const nothing = await wenlan(['quickstart', '--out', out('never')]);
    expect(nothing.status).toBe(2);
    expect(nothing.err).toContain('npm run quickstart');
  });
});
