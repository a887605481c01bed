import { type Group, tf } from '@wenlan/engine';

/**
 * The rows that all ranks have of some matrices, in one exchange. The gradient is that of a loss which every rank computes from them alike.
 * @param matrices each [batch, width]
 * @returns each [ranks · batch, width], in rank order
 */
export function gatherRows<Matrices extends tf.Tensor2D[]>(group: Group, matrices: readonly [...Matrices]): Matrices {
  if (group.size === 1) return [...matrices] as tf.Tensor2D[] as Matrices;
  const widths = matrices.map(({ shape }) => shape[1]);
  return tf.split(group.gather(tf.concat2d([...matrices], 1)), widths, 1) as Matrices;
}
