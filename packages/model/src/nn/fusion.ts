import { tf } from '@wenlan/engine';
import type { ForwardPass } from './forward-pass.ts';
import { l2Normalize } from './l2-normalize.ts';
import { linear, linearParameters } from './linear.ts';
import { attentionBias } from './multi-head-attention.ts';
import type { ParameterSpec } from './parameter-spec.ts';
import { selfAttention, type SelfAttentionConfig, selfAttentionParameters } from './self-attention.ts';

/** Names of the two parts in the released state dict. */
export interface FusionNames {
  attention: string;
  fc: string;
}

export function fusionParameters(
  names: FusionNames,
  features: number,
  dim: number,
  attention: SelfAttentionConfig,
): ParameterSpec[] {
  return [
    ...linearParameters(`${names.fc}.fc1`, features, dim),
    ...linearParameters(`${names.fc}.fc2`, dim, dim),
    ...selfAttentionParameters(names.attention, features, attention),
  ];
}

/**
 * From the tokens of a tower to its feature: L2 norm, self-attention, mean over what isn't padding, FC, ReLU, FC.
 * @param tokens [batch, tokens, features]
 * @param mask [batch or 1, tokens], 1 on tokens, 0 on padding; null if there is none
 * @returns [batch, dim], not normalised
 */
export function fusion(
  pass: ForwardPass,
  names: FusionNames,
  tokens: tf.Tensor3D,
  mask: tf.Tensor2D | null,
  attention: SelfAttentionConfig,
): tf.Tensor2D {
  const [batch, count, features] = tokens.shape;
  const x = l2Normalize(tf.reshape(tokens, [batch * count, features]));
  const bias = mask === null ? null : attentionBias(mask);
  const attended = selfAttention(pass, names.attention, { x, bias, batch, tokens: count }, attention);
  const mean = maskedMean(tf.reshape(attended, [batch, count, features]), mask); // [batch, features]
  return linear(pass, `${names.fc}.fc2`, tf.relu(linear(pass, `${names.fc}.fc1`, mean)));
}

/**
 * The mean of the tokens that aren't padding.
 * @param x [batch, tokens, features]
 * @param mask [batch or 1, tokens]
 * @returns [batch, features]
 */
export function maskedMean(x: tf.Tensor3D, mask: tf.Tensor2D | null): tf.Tensor2D {
  if (mask === null) return tf.mean(x, 1);
  const [batch, , features] = x.shape;
  const weights = tf.div(mask, tf.sum(mask, 1, true)); // [batch or 1, tokens]
  return tf.reshape(tf.matMul(tf.expandDims(weights, 1), x), [batch, features]);
}
