import { tf } from '@wenlan/engine';
import type { ForwardPass } from './forward-pass.ts';

/** Sizes of a batch of sequences that lies flat, [batch · tokens, features]. */
export interface SequenceShape {
  batch: number;
  tokens: number;
}

/** Far below any score, yet finite, so that no gradient becomes NaN. */
const MASKED_SCORE = -1e9;

/**
 * What is added to attention scores so that padding isn't attended to.
 * @param mask [batch or 1, tokens], 1 on tokens, 0 on padding
 * @returns [batch or 1, 1, 1, tokens]
 */
export function attentionBias(mask: tf.Tensor2D): tf.Tensor4D {
  const [batch, tokens] = mask.shape;
  return tf.reshape(tf.mul(tf.sub(1, mask), MASKED_SCORE), [batch, 1, 1, tokens]);
}

export interface AttentionInputs {
  queries: tf.Tensor2D; // [batch · tokens, features]
  keys: tf.Tensor2D; // [batch · tokens, features]
  values: tf.Tensor2D; // [batch · tokens, features]
  bias: tf.Tensor | null; // [batch or 1, 1, 1 or tokens, tokens]
}

export interface AttentionSettings extends SequenceShape {
  heads: number;
  dropout: number;
  /** A parameter of the layer, for its training mode. */
  layer: string;
}

/**
 * Scaled dot-product attention in several heads (Vaswani et al. 2017, section 3.2).
 * @returns [batch · tokens, features]
 */
export function multiHeadAttention(pass: ForwardPass, inputs: AttentionInputs, settings: AttentionSettings): tf.Tensor2D {
  const { batch, tokens, heads, dropout, layer } = settings;
  const features = inputs.queries.shape[1];
  const headSize = features / heads;
  const split = (x: tf.Tensor): tf.Tensor4D => tf.transpose(tf.reshape(x, [batch, tokens, heads, headSize]), [0, 2, 1, 3]);

  const queries = split(tf.mul(inputs.queries, 1 / Math.sqrt(headSize))); // [batch, heads, tokens, headSize]
  let scores = tf.matMul(queries, split(inputs.keys), false, true); // [batch, heads, tokens, tokens]
  if (inputs.bias !== null) scores = tf.add(scores, inputs.bias);
  const weights = pass.dropout(tf.softmax(scores), dropout, layer); // [batch, heads, tokens, tokens]
  const heard = tf.matMul(weights, split(inputs.values)); // [batch, heads, tokens, headSize]
  return tf.reshape(tf.transpose(heard, [0, 2, 1, 3]), [batch * tokens, features]);
}
