import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engineStatus } from '@wenlan/engine';
import { readPairs } from '@wenlan/shards';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from './command-line.ts';

const PICTURES = 24;
const hasEngine = (await engineStatus()).record !== undefined;
if (!hasEngine) process.stdout.write('clean --run is not tested: no engine is installed; run `wenlan engine install`.\n');

let folder: string;
const at = (name: string): string => join(folder, name);

async function wenlan(...args: string[]): Promise<{ status: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const streams = {
    stdout: { write: (text: string): void => void (out += text) },
    stderr: { write: (text: string): void => void (err += text) },
  };
  const status = await runCommandLine(args, streams);
  return { status, out, err: status === 0 ? '' : err };
}

describe.skipIf(!hasEngine)('clean --run', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wenlan-clean-run-'));
    const rows = ['path,caption'];
    for (let index = 0; index < PICTURES; index += 1) {
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><rect width="64" height="64" fill="hsl(${index * 15} 80% 60%)"/><circle cx="${10 + ((index * 7) % 44)}" cy="${10 + ((index * 13) % 44)}" r="${6 + (index % 5) * 3}" fill="navy"/><rect x="${(index * 11) % 40}" y="${(index * 5) % 40}" width="${6 + index}" height="9" fill="white"/></svg>`;
      await sharp(Buffer.from(svg))
        .png()
        .toFile(at(`${index}.png`));
      rows.push(`${index}.png,第${index}张图里的圆和方块`);
    }
    await writeFile(at('list.csv'), `${rows.join('\n')}\n`);
    const recipe = (name: string, change: object): Promise<void> =>
      writeFile(
        at(`${name}.yaml`),
        JSON.stringify({ extends: 'small-pictures', name, change, split: { validation: 0, test: 0 } }),
      );
    await recipe('all', { bytes: { min: 1, max: 1e6 }, band: { strong: 1, unrelated: -1, quotas: {} } });
    await recipe('quota', { bytes: { min: 1, max: 1e6 }, band: { strong: 1, unrelated: -1, quotas: { weak: 0.5 } } });
    const train = {
      steps: 2,
      augment: 'none',
      batchSize: 8,
      queueSize: 16,
      warmupSteps: 1,
      checkpointEverySteps: 2,
      textBuckets: [16],
      vocabulary: { minCount: 1 },
    };
    await writeFile(at('wenlan.yaml'), JSON.stringify({ seed: 1, train }));
    for (const args of [
      ['import', at('list.csv'), '--out', at('raw')],
      ['clean', at('raw'), '--out', at('clean'), '--recipe', at('all.yaml')],
      ['train', '--data', at('clean'), '--out', at('run'), '--config', at('wenlan.yaml'), '--workers', '0'],
    ])
      expect(await wenlan(...args)).toMatchObject({ status: 0, err: '' });
  }, 180_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('sorts pairs into bands by a trained run, and holds them to their quotas', { timeout: 120_000 }, async () => {
    const { out, ...rest } = await wenlan(
      'clean',
      at('raw'),
      '--out',
      at('banded'),
      '--recipe',
      at('quota.yaml'),
      '--run',
      at('run'),
    );
    expect(rest).toEqual({ status: 0, err: '' });
    expect(out).toContain('bands: over-match 0, strong 0, weak 12 of 24, unrelated 0');
    expect(out).toMatch(/correlations: -?\d\.\d\d to -?\d\.\d\d, half of them/u);
    const kept = [];
    for await (const rows of readPairs(at('banded'), { splits: ['train'] })) kept.push(...rows);
    expect(kept.map(({ band }) => band)).toEqual(Array.from({ length: PICTURES / 2 }, () => 'weak'));
    for (const { scores } of kept) expect(Math.abs(scores['band.correlation']!)).toBeLessThanOrEqual(1 + 1e-6);
    // Judged anew from the stored correlations, without the run.
    const again = await wenlan('clean', at('banded'), '--retune', '--recipe', at('all.yaml'));
    expect(again.out).toContain('24 pairs would be kept instead of 12');
  });

  it('sorts them the same by the vectors that encode wrote of that run', { timeout: 120_000 }, async () => {
    const vectors = at('vectors');
    for (const what of ['pictures', 'captions']) {
      const args = ['encode', at('run'), `--${what}`, at('raw'), '--out', join(vectors, `${what}.arrow`)];
      expect(await wenlan(...args)).toMatchObject({ status: 0, err: '' });
    }
    const clean = ['clean', at('raw'), '--out', at('by-vectors'), '--recipe', at('quota.yaml'), '--vectors', vectors];
    expect(await wenlan(...clean)).toMatchObject({ status: 0, err: '' });
    const correlations = async (dataset: string): Promise<[string, number][]> => {
      const found: [string, number][] = [];
      for await (const rows of readPairs(at(dataset), { splits: ['train'] }))
        for (const { id, scores } of rows) found.push([id, scores['band.correlation']!]);
      return found.sort(([left], [right]) => left.localeCompare(right));
    };
    const byRun = await correlations('banded');
    const byVectors = await correlations('by-vectors');
    expect(byVectors.map(([id]) => id)).toEqual(byRun.map(([id]) => id));
    for (const [index, [, correlation]] of byVectors.entries()) expect(correlation).toBeCloseTo(byRun[index]![1], 4);
  });

  it('names vectors that are missing, or of two models', async () => {
    const vectors = at('odd-vectors');
    await mkdir(vectors);
    await copyFile(at('vectors/pictures.arrow'), join(vectors, 'pictures.arrow'));
    const clean = ['clean', at('raw'), '--out', at('no'), '--recipe', at('quota.yaml'), '--vectors', vectors];
    const missing = await wenlan(...clean);
    expect(missing.status).toBe(2);
    expect(missing.err).toContain('captions.arrow is no file of vectors that `wenlan encode` wrote');

    const { train, ...config } = JSON.parse(await readFile(at('wenlan.yaml'), 'utf8')) as { train: object };
    await writeFile(at('narrow.yaml'), JSON.stringify({ ...config, train: { ...train, model: { dim: 16 } } }));
    for (const args of [
      ['train', '--data', at('clean'), '--out', at('narrow'), '--config', at('narrow.yaml'), '--workers', '0'],
      ['encode', at('narrow'), '--captions', at('raw'), '--out', join(vectors, 'captions.arrow')],
    ])
      expect(await wenlan(...args)).toMatchObject({ status: 0, err: '' });
    const mixed = await wenlan(...clean);
    expect(mixed.status).toBe(2);
    expect(mixed.err).toContain('pictures.arrow has vectors of 128 numbers and captions.arrow of 16; encode both with one run.');
  });

  it('names a run that is not there', async () => {
    const { status, err } = await wenlan('clean', at('raw'), '--out', at('no'), '--run', at('nowhere'));
    expect(status).toBe(2);
    expect(err).toContain('nowhere');
  });
});
