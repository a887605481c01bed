import { loadEngine } from '@wenlan/engine';
import { decodePixels, type Pair } from '@wenlan/shards';
import { beforeAll, describe, expect, it } from 'vitest';
import { MICRO } from '../test/support/micro.ts';
import { steps } from '../test/support/steps.ts';
import { encodePictures } from './encode/encode-pictures.ts';
import type { Ranker } from './ranker.ts';

const { side, image } = MICRO;
const { grid } = image.regions;
const CELL = side / grid;
const WHOLE_GRID = Float32Array.from(
  Array.from({ length: grid * grid }, (_, index) => {
    const [row, column] = [Math.floor(index / grid), index % grid];
    return [column * CELL, row * CELL, (column + 1) * CELL, (row + 1) * CELL];
  }).flat(),
);
const OBJECT = Float32Array.of(1, 2, side / 2, side / 3);
const TEXTS = ['红方块', '绿竖条'];
const PIXELS = Float32Array.from({ length: side * side * 3 }, (_, index) => (index % 17) / 17);

beforeAll(async () => {
  await loadEngine();
});

async function scores(ranker: Ranker, boxes?: (Float32Array | null)[]): Promise<number[]> {
  const count = boxes?.length ?? 1;
  const pixels = new Float32Array(count * PIXELS.length);
  for (let row = 0; row < count; row++) pixels.set(PIXELS, row * PIXELS.length);
  return [...(await ranker.scoreAll(await ranker.encodeImages(pixels, count, boxes), TEXTS))];
}

describe.each(['brivl', 'clip', 'uniter-tiny', 'captioner-tiny'] as const)('boxes of %s', (objective) => {
  it('stand for the grid where a picture has some, each picture for itself', async () => {
    const given = steps({ batchSize: 2, queueSize: 4, objective });
    const ranker = given.objective.ranker();
    const ofGrid = await scores(ranker);
    const [first, second] = [0, TEXTS.length];
    const mixed = await scores(ranker, [OBJECT, null, WHOLE_GRID]);
    const alone = await scores(ranker, [OBJECT]);
    for (const [text] of TEXTS.entries()) {
      expect(mixed[second + text]).toBeCloseTo(ofGrid[text]!, 5);
      expect(mixed[2 * second + text]).toBeCloseTo(ofGrid[text]!, 5);
      expect(mixed[first + text]).toBeCloseTo(alone[text]!, 5);
    }
    expect(Math.abs(alone[0]! - ofGrid[0]!) + Math.abs(alone[1]! - ofGrid[1]!)).toBeGreaterThan(1e-4);
    ranker.dispose();
    given.dispose();
  });
});

it('are squashed with the picture that a pair holds', async () => {
  const given = steps({ batchSize: 2, queueSize: 4, objective: 'clip' });
  const ranker = given.objective.ranker();
  const image = Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${4 * side}" height="${side}"><rect width="99" height="99" fill="#a52"/><rect width="20" height="9" fill="#06c"/></svg>`,
  );
  const pictures = [{ image }, { image, width: 4 * side, height: side, boxes: [[4, 2, 2 * side, side / 3]] as Pair['boxes'] }];
  const encoded = await encodePictures(ranker, pictures);
  const pixels = await decodePixels(image, side);
  const expected = await ranker.encodeImages(Float32Array.of(...pixels, ...pixels), 2, [null, OBJECT]);
  expect(encoded).toEqual(expected);
  expect(encoded.subarray(0, ranker.imageValues)).not.toEqual(encoded.subarray(ranker.imageValues));
  ranker.dispose();
  given.dispose();
});
