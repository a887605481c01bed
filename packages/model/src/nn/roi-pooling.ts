import { tf } from '@wenlan/engine';

/** Which parts of a picture become tokens. */
export interface RegionConfig {
  /** Without boxes: a grid of so many by so many cells, then the whole picture. */
  grid: number;
  /** Points sampled along each side of a box. */
  samples: number;
  /**
   * Where the points lie on the feature map. The released code takes the corners of one convention and samples by the other, which
   * shifts and stretches a box by size / (size − 1) and so reads past the right and the lower edge; `exact` doesn't.
   */
  alignment: 'exact' | 'released';
}

/** Boxes of a batch, or those that all of its pictures have. */
export interface Boxes {
  corners: tf.Tensor3D; // [batch or 1, boxes, 4], x1 y1 x2 y2 in pixels of the picture as the tower gets it
  mask: tf.Tensor2D; // [batch or 1, boxes], 1 on boxes, 0 on padding
}

/**
 * The boxes of the n×n grid, row by row, and of the whole picture.
 * @returns [1, n² + 1, 4]
 */
export function gridBoxes(grid: number, side: number): tf.Tensor3D {
  const cell = side / grid;
  const cells = Array.from({ length: grid * grid }, (_, index) => {
    const [row, column] = [Math.floor(index / grid), index % grid];
    return [column * cell, row * cell, (column + 1) * cell, (row + 1) * cell];
  });
  return tf.tensor3d([[...cells, [0, 0, side, side]]]);
}

/**
 * How much every row (or column) of a map counts at each sampled point of every box, for bilinear sampling with zeros outside of the
 * map. Sampling is separable, and a point's weights are a tent around it, so neither needs an operation or a gradient of its own.
 * @param low near side of the boxes in map cells, [batch, boxes]
 * @param high far side
 * @param size cells of the map along this axis
 * @returns [batch, boxes, samples, size]
 */
export function samplingWeights(low: tf.Tensor, high: tf.Tensor, size: number, config: RegionConfig): tf.Tensor4D {
  const { samples, alignment } = config;
  const fractions = tf.div(tf.add(tf.range(0, samples), 0.5), samples); // [samples]
  const stretch = alignment === 'released' ? size / (size - 1) : 1;
  const place = tf.add(tf.expandDims(low, 2), tf.mul(tf.expandDims(tf.sub(high, low), 2), fractions)); // [batch, boxes, samples]
  const centre = tf.sub(tf.mul(place, stretch), 0.5); // cell i has its centre at i
  const distance = tf.abs(tf.sub(tf.expandDims(centre, 3), tf.range(0, size)));
  return tf.relu(tf.sub(1, distance)) as tf.Tensor4D;
}

/**
 * RoI grid pooling: the mean of samples × samples points of a box. The released code convolves each point by 1×1 and averages then;
 * both are linear, so averaging first gives the same for a fraction of the work.
 * @param map [batch, height, width, channels]
 * @param corners [batch or 1, boxes, 4]; 1 for the same boxes in every picture
 * @param side of the picture in pixels
 * @returns [batch, boxes, channels]
 */
export function roiPooling(map: tf.Tensor4D, corners: tf.Tensor3D, side: number, config: RegionConfig): tf.Tensor3D {
  const [batch, height, width, channels] = map.shape;
  const boxes = corners.shape[1];
  const [left, top, right, bottom] = tf.unstack(tf.div(corners, side), 2) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  const weightsAlong = (low: tf.Tensor, high: tf.Tensor, size: number): tf.Tensor =>
    tf.mean(samplingWeights(tf.mul(low, size), tf.mul(high, size), size, config), 2); // [batch, boxes, size]

  const rows = tf.expandDims(weightsAlong(top, bottom, height), 3); // [batch, boxes, height, 1]
  const columns = tf.expandDims(weightsAlong(left, right, width), 2); // [batch, boxes, 1, width]
  const weights = tf.reshape(tf.mul(rows, columns), [corners.shape[0], boxes, height * width]);
  return tf.matMul(weights, tf.reshape(map, [batch, height * width, channels])) as tf.Tensor3D;
}
