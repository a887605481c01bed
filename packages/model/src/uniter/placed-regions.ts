import { tf } from '@wenlan/engine';
import type { Boxes } from '../nn/roi-pooling.ts';

/** x1 y1 x2 y2 in shares of the picture's sides, and 1 on a box or 0 on padding. */
const PLACE = 5;

/** What is known of the regions of pictures, in one tensor that can be kept and gathered by picture. */
export interface Regions {
  features: tf.Tensor3D; // [batch, boxes, features]
  shares: tf.Tensor3D; // [batch, boxes, 4]
  mask: tf.Tensor2D; // [batch, boxes]
}

/** Numbers that {@link placeRegions} makes of a picture. */
export const placedValues = ({ boxes, features }: { boxes: number; features: number }): number => boxes * (features + PLACE);

/**
 * Puts where regions lie beside what they show.
 * @param features [batch, boxes, features]
 * @param side of the pictures in pixels
 * @returns [batch, boxes, features + 5]
 */
export function placeRegions(features: tf.Tensor3D, { corners, mask }: Boxes, side: number): tf.Tensor3D {
  const [batch, boxes] = features.shape;
  const places = tf.concat([tf.div(corners, side), tf.expandDims(mask, 2)], 2); // [batch or 1, boxes, 5]
  return tf.concat([features, tf.broadcastTo(places, [batch, boxes, PLACE])], 2);
}

/** @param placed [batch, boxes, features + 5] */
export function splitRegions(placed: tf.Tensor3D): Regions {
  const [batch, boxes, width] = placed.shape;
  const [features, shares, mask] = tf.split(placed, [width - PLACE, PLACE - 1, 1], 2) as [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D];
  return { features, shares, mask: tf.reshape(mask, [batch, boxes]) };
}
