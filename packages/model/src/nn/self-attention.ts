import { tf } from '@wenlan/engine';
import type { ForwardPass } from './forward-pass.ts';
import { type Init, zeros } from './initializer.ts';
import { layerNorm, layerNormParameters } from './layer-norm.ts';
import { linear, linearParameters } from './linear.ts';
import { multiHeadAttention, type SequenceShape } from './multi-head-attention.ts';
import type { ParameterSpec } from './parameter-spec.ts';

/** The self-attention that follows a backbone. */
export interface SelfAttentionConfig {
  layers: number;
  heads: number;
  /** Width of the feed-forward part; 2048 in the released model. */
  feedForward: number;
  dropout: number;
}

/** PyTorch's default. */
const LAYER_NORM_EPSILON = 1e-5;

export function selfAttentionParameters(name: string, features: number, config: SelfAttentionConfig): ParameterSpec[] {
  const { layers, feedForward } = config;
  // Glorot and Bengio 2010, as nn.MultiheadAttention starts its joint projection
  const joint: Init = { kind: 'uniform', bound: Math.sqrt(6 / (4 * features)) };
  // as nn.MultiheadAttention: without a bias at the start
  const outProjection: Init = { kind: 'uniform', bound: 1 / Math.sqrt(features) };
  return Array.from({ length: layers }, (_, layer) => `${name}.layers.${layer}`).flatMap((block) => [
    { name: `${block}.self_attn.in_proj_weight`, torchShape: [3 * features, features], init: joint },
    { name: `${block}.self_attn.in_proj_bias`, torchShape: [3 * features], init: zeros },
    ...linearParameters(`${block}.self_attn.out_proj`, features, features, outProjection),
    ...linearParameters(`${block}.linear1`, features, feedForward),
    ...linearParameters(`${block}.linear2`, feedForward, features),
    ...layerNormParameters(`${block}.norm1`, features),
    ...layerNormParameters(`${block}.norm2`, features),
  ]);
}

/** A batch of sequences, flat. */
export interface Sequence extends SequenceShape {
  x: tf.Tensor2D; // [batch · tokens, features]
  bias: tf.Tensor | null; // [batch, 1, 1, tokens], from attentionBias
}

/**
 * Post-norm transformer encoder layers with ReLU, as PyTorch's `nn.TransformerEncoder` without a last norm.
 * @returns [batch · tokens, features]
 */
export function selfAttention(pass: ForwardPass, name: string, sequence: Sequence, config: SelfAttentionConfig): tf.Tensor2D {
  const others = sequence.bias === null ? [] : [sequence.bias];
  let { x } = sequence;
  for (let layer = 0; layer < config.layers; layer++) {
    const at = `${name}.layers.${layer}`;
    x = pass.checkpoint(at, x, (x, [bias = null]) => block(pass, at, { ...sequence, x, bias }, config), others);
  }
  return x;
}

function block(pass: ForwardPass, name: string, sequence: Sequence, config: SelfAttentionConfig): tf.Tensor2D {
  const { x, bias, ...shape } = sequence;
  const { heads, dropout } = config;
  const layer = `${name}.norm1.weight`;
  const drop = (y: tf.Tensor2D): tf.Tensor2D => pass.dropout(y, dropout, layer);

  const projected = tf.add(
    tf.matMul(x, pass.get(`${name}.self_attn.in_proj_weight`), false, true),
    pass.get(`${name}.self_attn.in_proj_bias`),
  ); // [batch · tokens, 3 · features]
  const [queries, keys, values] = tf.split(projected, 3, 1) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
  const heard = multiHeadAttention(pass, { queries, keys, values, bias }, { ...shape, heads, dropout, layer });
  const attended = linear(pass, `${name}.self_attn.out_proj`, heard);
  const y = layerNorm(pass, `${name}.norm1`, tf.add(x, drop(attended)), LAYER_NORM_EPSILON);

  const hidden = drop(tf.relu(linear(pass, `${name}.linear1`, y))); // [batch · tokens, feedForward]
  return layerNorm(pass, `${name}.norm2`, tf.add(y, drop(linear(pass, `${name}.linear2`, hidden))), LAYER_NORM_EPSILON);
}
