import { tf } from '@wenlan/engine';

/**
 * What a query is told apart from: the queue alone, as the released code does, or the other samples of the batch as well, as the
 * second paper writes it.
 */
export type Negatives = 'queue' | 'batch+queue';

/** The inputs of one direction; features are L2-normed rows. */
export interface InfoNceInputs {
  queries: tf.Tensor2D; // [batch, dim]
  /** Of the other modality, row i the positive of query i. */
  keys: tf.Tensor2D; // [batch, dim]
  /** Earlier keys of the other modality; null if none are kept. */
  queue: tf.Tensor2D | null; // [queueSize, dim]
  /** 1 where a key of batch or queue is no negative of the query, else 0; a sample's own key is none. */
  excluded: tf.Tensor2D; // [batch, batch + queueSize]
}

/** Far below any logit, yet finite, so that no gradient becomes NaN. */
const EXCLUDED_LOGIT = -1e9;

/**
 * InfoNCE of one direction, a loss a sample (van den Oord et al. 2018; as in MoCo, He et al. 2020, equation 1).
 * @param scale 1 / temperature
 * @returns [batch]
 */
export function infoNce({ queries, keys, queue, excluded }: InfoNceInputs, scale: tf.Scalar, negatives: Negatives): tf.Tensor1D {
  const batch = queries.shape[0];
  const positive = tf.sum(tf.mul(queries, keys), 1, true); // [batch, 1]
  const earlier = queue === null ? [] : [tf.matMul(queries, queue, false, true)]; // [batch, queueSize]
  const [others, notCounted] =
    negatives === 'queue'
      ? [tf.concat(earlier, 1), tf.slice(excluded, [0, batch])] // [batch, queueSize]
      : [tf.concat([tf.matMul(queries, keys, false, true), ...earlier], 1), excluded]; // [batch, batch + queueSize]
  const counted = tf.add(tf.mul(others, scale), tf.mul(notCounted, EXCLUDED_LOGIT));
  const logits = tf.concat([tf.mul(positive, scale), counted], 1); // [batch, 1 + negatives]
  return tf.neg(tf.squeeze(tf.slice(tf.logSoftmax(logits), [0, 0], [batch, 1]), [1]));
}
