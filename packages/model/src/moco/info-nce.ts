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
  /** Earlier keys of the other modality. */
  queue: tf.Tensor2D; // [queueSize, dim]
  /** 1 where an earlier or neighbouring key is no negative of the query, else 0; absent: none is. */
  falseNegatives?: tf.Tensor2D; // [batch, batch + queueSize]
}

/** Far below any logit, yet finite, so that no gradient becomes NaN. */
const MASKED_LOGIT = -1e9;

/**
 * InfoNCE of one direction, a loss a sample (van den Oord et al. 2018; as in MoCo, He et al. 2020, equation 1).
 * @param scale 1 / temperature, a scalar
 * @returns [batch]
 */
export function infoNce({ queries, keys, queue, falseNegatives }: InfoNceInputs, scale: tf.Scalar, negatives: Negatives): tf.Tensor1D {
  const batch = queries.shape[0];
  const positive = tf.sum(tf.mul(queries, keys), 1, true); // [batch, 1]
  const earlier = tf.matMul(queries, queue, false, true); // [batch, queueSize]
  let others = earlier;
  let masked = falseNegatives === undefined ? undefined : tf.slice(falseNegatives, [0, batch]); // [batch, queueSize]
  if (negatives === 'batch+queue') {
    others = tf.concat([tf.matMul(queries, keys, false, true), earlier], 1); // [batch, batch + queueSize]
    const own = tf.concat([tf.eye(batch), tf.zeros([batch, queue.shape[0]])], 1);
    masked = falseNegatives === undefined ? own : tf.maximum(falseNegatives, own);
  }
  let logits = tf.mul(tf.concat([positive, others], 1), scale); // [batch, 1 + negatives]
  if (masked !== undefined) {
    logits = tf.add(logits, tf.mul(tf.concat([tf.zeros([batch, 1]), masked], 1), MASKED_LOGIT));
  }
  return tf.neg(tf.squeeze(tf.slice(tf.logSoftmax(logits), [0, 0], [batch, 1]), [1]));
}

/** Rows of unit length; a row of zeros stays one. As PyTorch's `F.normalize`: x / max(|x|, 1e-12). */
export function l2Normalize(features: tf.Tensor2D): tf.Tensor2D {
  const squares = tf.sum(tf.square(features), 1, true);
  return tf.div(features, tf.sqrt(tf.maximum(squares, 1e-24)));
}
