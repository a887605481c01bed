import { tf } from '@wenlan/engine';
import { type Boxes, gridBoxes, type RegionConfig } from './roi-pooling.ts';

/**
 * The boxes of the pictures of a batch, as many for each as the grid has cells, then the whole picture; released code,
 * `xybDataset.py`. A picture without boxes has those of the grid; if none has any, they are the same for all.
 * @param boxes of each picture [boxes, 4], x1 y1 x2 y2 in pixels of it as the tower gets it; more than there are cells are left out
 * @param side of the pictures in pixels
 */
export function pictureBoxes(boxes: readonly (Float32Array | null)[], side: number, { grid }: RegionConfig): Boxes {
  const cells = grid ** 2;
  const count = cells + 1;
  const isGrid = (given: Float32Array | null): given is null => given === null || given.length === 0;
  if (boxes.every(isGrid)) return { corners: gridBoxes(grid, side), mask: tf.ones([1, count]) };

  const ofGrid = tf.tidy(() => gridBoxes(grid, side).dataSync()) as Float32Array;
  const corners = new Float32Array(boxes.length * count * 4);
  const mask = new Float32Array(boxes.length * count);
  for (const [row, given] of boxes.entries()) {
    const ofPicture = isGrid(given) ? ofGrid.subarray(0, cells * 4) : given.subarray(0, cells * 4);
    corners.set(ofPicture, row * count * 4);
    corners.set([0, 0, side, side], (row * count + cells) * 4);
    mask.fill(1, row * count, row * count + ofPicture.length / 4);
    mask[row * count + cells] = 1;
  }
  return { corners: tf.tensor3d(corners, [boxes.length, count, 4]), mask: tf.tensor2d(mask, [boxes.length, count]) };
}
