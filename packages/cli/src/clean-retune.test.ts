import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeNpy } from '@wenlan/evaluation';
import { readPairs } from '@wenlan/shards';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runWenlan, wenlanJson } from '../test/support/run-wenlan.ts';

const PICTURES = 6;

let folder: string;
const at = (name: string): string => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-retune-'));
  const rows = ['path,caption'];
  for (let index = 0; index < PICTURES; index += 1) {
    const side = 40 + 10 * index;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}"><rect width="100%" height="100%" fill="hsl(${index * 60} 80% 60%)"/><circle cx="${5 + 5 * index}" cy="20" r="${6 + 3 * index}" fill="navy"/></svg>`;
    await sharp(Buffer.from(svg))
      .png()
      .toFile(at(`${index}.png`));
    rows.push(`${index}.png,第${index}张图里的圆`);
  }
  await writeFile(at('list.csv'), `${rows.join('\n')}\n`);
  const split = 'split: { validation: 0, test: 0 }';
  await writeFile(at('all.yaml'), `extends: small-pictures\nname: all\n${split}\n`);
  await writeFile(at('strict.yaml'), `extends: small-pictures\nname: strict\nchange:\n  min-side: { min: 65 }\n${split}\n`);
  await wenlanJson('import', at('list.csv'), '--out', at('raw'));
  await wenlanJson('clean', at('raw'), '--out', at('clean'), '--recipe', at('all.yaml'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('clean', () => {
  it('writes a report that is complete in itself', async () => {
    const page = await readFile(at('clean/report/index.html'), 'utf8');
    expect(page).toContain('Rules one by one');
    expect(page).toContain('data:image/jpeg;base64,');
    expect(page).not.toMatch(/(?:src|href)="(?!data:|#)/);
  });

  it('says what other thresholds would do, and writes it only when told where', async () => {
    const before = (await stat(at('clean/manifest.json'))).mtimeMs;
    const { status, out } = await runWenlan('clean', at('clean'), '--retune', '--recipe', at('strict.yaml'));
    expect([status, out.split('\n')[0]]).toEqual([0, '3 pairs would be kept instead of 6; nothing is written without --out']);
    expect(out).toContain('min-side: drops 3 pairs instead of 0');
    expect((await stat(at('clean/manifest.json'))).mtimeMs).toBe(before);
    const seen = await wenlanJson('clean', at('clean'), '--retune', '--recipe', at('strict.yaml'));
    const written = await wenlanJson('clean', at('clean'), '--retune', '--recipe', at('strict.yaml'), '--out', at('strict'));
    expect([seen['kept'], written['kept'], seen['splits']]).toEqual([3, 3, written['splits']]);
  });

  it('takes bands from vectors, and says what is missing of them', async () => {
    const ids: string[] = [];
    for await (const rows of readPairs(at('raw'))) ids.push(...rows.map(({ id }) => id));
    const values = Float32Array.from(ids.flatMap((_, index) => [Math.cos(index), Math.sin(index)]));
    await writeNpy(at('images.npy'), { values, rows: ids.length, dim: 2 });
    const missing = await runWenlan('clean', at('raw'), '--out', at('banded'), '--recipe', at('all.yaml'), '--vectors', folder);
    expect(missing.status).toBe(2);
    expect(missing.err).toContain('or images.npy, texts.npy and ids.txt, a row and a line');
    await writeNpy(at('texts.npy'), { values, rows: ids.length, dim: 2 });
    await writeFile(at('ids.txt'), ids.join('\n'));
    await wenlanJson('clean', at('raw'), '--out', at('banded'), '--recipe', at('all.yaml'), '--vectors', folder);
    const bands = [];
    for await (const rows of readPairs(at('banded')))
      for (const { outcome, band } of rows) if (outcome === 'ok') bands.push(band);
    expect(bands).toEqual(Array.from({ length: PICTURES }, () => 'strong'));
  });

  it('asks for --out where it needs one', async () => {
    const { status, err } = await runWenlan('clean', at('raw'));
    expect([status, err]).toEqual([2, expect.stringContaining('--out DATASET') as string]);
  });
});
