import { loadEngine, tf } from '@wenlan/engine';
import { beforeAll, describe, expect, it } from 'vitest';
import { pictureBoxes } from './picture-boxes.ts';

const REGIONS = { grid: 2, samples: 2, alignment: 'exact' } as const;
const GRID = [0, 0, 4, 4, 4, 0, 8, 4, 0, 4, 4, 8, 4, 4, 8, 8];
const WHOLE = [0, 0, 8, 8];

beforeAll(async () => {
  await loadEngine();
});

const valuesOf = (boxes: (Float32Array | null)[]): { corners: number[]; mask: number[] } =>
  tf.tidy(() => {
    const { corners, mask } = pictureBoxes(boxes, 8, REGIONS);
    return { corners: [...corners.dataSync()], mask: [...mask.dataSync()] };
  });

describe(pictureBoxes, () => {
  it('is the grid and the whole picture, once for all, where no picture has boxes', () => {
    expect(valuesOf([null, null, new Float32Array()])).toEqual({ corners: [...GRID, ...WHOLE], mask: [1, 1, 1, 1, 1] });
  });

  it('is what each picture has, filled up, and the whole picture', () => {
    const two = [1, 1, 3, 3, 2, 2, 6, 6];
    const six = Array.from({ length: 24 }, (_, index) => index % 4);
    const { corners, mask } = valuesOf([Float32Array.from(two), null, Float32Array.from(six)]);
    expect(corners).toEqual([...two, ...Array<number>(8).fill(0), ...WHOLE, ...GRID, ...WHOLE, ...six.slice(0, 16), ...WHOLE]);
    expect(mask).toEqual([1, 1, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
  });
});
