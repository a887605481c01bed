import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Batch, emptyPair, loader, openDataset, pairId } from '../index.ts';

const [WIDTH, HEIGHT, SIDE, PICTURES] = [80, 60, 64, 24];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-loader-boxes-'));
  const writer = await openDataset(folder, { stage: 'clean', recipe: {} });
  const rows = Array.from({ length: PICTURES }, async (_, number) => {
    const [left, top] = [10 + number, 5 + number];
    const box = await sharp({ create: { width: 30, height: 24, channels: 3, background: '#f00' } })
      .png()
      .toBuffer();
    const imageUrl = `http://a.test/${number}.png`;
    return emptyPair({
      id: pairId(imageUrl, null),
      source: 'local',
      outcome: 'ok',
      imageUrl,
      width: WIDTH,
      height: HEIGHT,
      boxes: number === 0 ? null : [[left, top, left + 30, top + 24]],
      image: await sharp({ create: { width: WIDTH, height: HEIGHT, channels: 3, background: '#00f' } })
        .composite([{ input: box, left, top }])
        .png()
        .toBuffer(),
    });
  });
  await writer.append(await Promise.all(rows), 'train');
  await writer.finish();
});
afterAll(() => rm(folder, { recursive: true }));

it('gives the boxes of what is seen: red within, blue without', async () => {
  const augment = { crop: { minScale: 0.5 }, flipProbability: 0.5 };
  const options = { split: 'train', batchSize: PICTURES, seed: 3, epoch: 0, workers: 0, image: { side: SIDE, augment } };
  const { value: batch } = (await loader(folder, options)[Symbol.asyncIterator]().next()) as { value: Batch };
  let boxes = 0;
  for (const [place, corners] of batch.boxes.entries()) {
    if (batch.ids[place] === pairId('http://a.test/0.png', null)) {
      expect(corners).toBeNull();
      continue;
    }
    if (corners!.length === 0) continue; // nothing of it is in the crop
    boxes += 1;
    const [left, top, right, bottom] = corners! as unknown as [number, number, number, number];
    for (let y = 0; y < SIDE; y++) {
      for (let x = 0; x < SIDE; x++) {
        const red = batch.pixels[((place * SIDE + y) * SIDE + x) * 3]!;
        const [fromX, fromY] = [Math.min(x + 0.5 - left, right - x - 0.5), Math.min(y + 0.5 - top, bottom - y - 0.5)];
        const within = Math.min(fromX, fromY);
        // near the edge, red and blue mix
        if (within > 2) expect(red).toBeGreaterThan(0.98);
        if (within < -2) expect(red).toBeLessThan(0.02);
      }
    }
  }
  expect(boxes).toBeGreaterThan(PICTURES / 2);
});
