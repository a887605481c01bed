import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPairs, verifyDataset } from '@wenlan/shards';
import type { Pair } from '@wenlan/shards';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodePicture } from '../src/image/decode-picture.ts';
import { clean, parseRecipe } from '../src/index.ts';
import type { CleanSummary } from '../src/index.ts';
import { badImages, HEIC_HEADER } from './support/bad-images.ts';
import type { BadImage } from './support/bad-images.ts';
import { rawRow, writeRaw } from './support/raw-dataset.ts';

const RECIPE = parseRecipe({
  extends: 'default',
  name: 'zoo',
  change: {
    decode: { maxPixels: 20_000_000 },
    'min-side': { min: 32 },
    bytes: { min: 1 },
    grayscale: { min: 2 },
    'text-frequency': false,
    'near-duplicate-text': false,
  },
  split: { validation: 0, test: 0 },
});

let folder: string;
let zoo: BadImage[];
let summary: CleanSummary;
const rows = new Map<string, Pair>();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-zoo-'));
  zoo = await badImages();
  const raw = await writeRaw(
    join(folder, 'raw'),
    [...zoo, { name: 'header.heic', bytes: HEIC_HEADER }].map(({ name, bytes }) => rawRow({ path: name, image: bytes })),
  );
  summary = await clean(raw, { out: join(folder, 'clean'), recipe: RECIPE, seed: 1 });
  for await (const batch of readPairs(join(folder, 'clean')))
    for (const row of batch) rows.set(row.imageUrl!.slice('https://img.test/'.length), row);
});
afterAll(() => rm(folder, { recursive: true }));

test('every picture of the zoo ends as it has to, and none ends the run', async () => {
  expect(zoo.length).toBeGreaterThan(30);
  const ended = Object.fromEntries(zoo.map(({ name }) => [name, rows.get(name)!.outcome]));
  const expected = zoo.map(({ name, outcome }) => [name, outcome === 'ok' ? 'ok' : `filtered:${outcome}`]);
  expect(ended).toEqual(Object.fromEntries(expected));
  expect(summary.kept).toBe(zoo.filter(({ outcome }) => outcome === 'ok').length);
  expect(await verifyDataset(join(folder, 'clean'))).toMatchObject({ sound: true, complete: true });
});

test('sizes are those of the upright picture', () => {
  for (const { name, size, outcome } of zoo) {
    if (size === undefined || outcome !== 'ok') continue;
    const { width, height, image } = rows.get(name)!;
    // A vector picture is drawn at the recipe's size.
    if (name.endsWith('.svg')) expect(width! / height!, name).toBeCloseTo(1.5, 1);
    else expect([width, height], name).toEqual(size);
    expect(image, name).not.toBeNull();
  }
});

test('an SVG shows nothing of what it refers to outside', async () => {
  const svg = zoo.find(({ name }) => name === 'external.svg')!;
  const without = Buffer.from(svg.bytes.toString().replaceAll(/<image[^>]*>/g, ''));
  const limits = { maxPixels: 1e6 };
  expect((await decodePicture(svg.bytes, limits)).raster).toEqual((await decodePicture(without, limits)).raster);
});

test('a HEIC is read where the library reads it, and dropped as undecodable where it does not', async () => {
  expect(rows.get('header.heic')!.outcome).toBe('filtered:decode');
  const suffixes: readonly string[] = sharp.format.heif.input.fileSuffix ?? [];
  // The library that sharp ships reads AV1 in HEIF, not HEVC, whose licence forbids it.
  expect(suffixes).toContain('.avif');
});
