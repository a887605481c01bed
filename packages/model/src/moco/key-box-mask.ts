import { tf } from '@wenlan/engine';
import { seededUniform } from '../seeded.ts';
import type { ResolvedTrainConfig } from '../train-config.ts';

/**
 * The masks of boxes that the key pass sees. Shuffled completely, every picture keeps its own, and nothing is left to do: moving the
 * whole of a batch about within one process changes no statistic. The released code (`VL_model.py`, 304–306) moves pictures and boxes
 * but not the masks, so that a picture gets those of another, which matters where their numbers of boxes differ.
 * @param mask [batch or 1, boxes]
 * @param draw distinguishes runs and steps
 * @returns [batch or 1, boxes], a tensor of its own
 */
export function keyBoxMask(
  mask: tf.Tensor2D,
  batchShuffle: ResolvedTrainConfig['batchShuffle'],
  draw: readonly (string | number)[],
): tf.Tensor2D {
  if (batchShuffle !== 'released') return tf.clone(mask);
  const lots = Array.from({ length: mask.shape[0] }, (_, row) => ({ row, lot: seededUniform(...draw, 'shuffle', row) }));
  const order = lots.sort((left, right) => left.lot - right.lot).map(({ row }) => row);
  return tf.tidy(() => tf.gather(mask, tf.tensor1d(order, 'int32')));
}
