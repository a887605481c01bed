import { tf } from '@wenlan/engine';
import { gelu } from './activations.ts';
import type { ForwardPass } from './forward-pass.ts';
import type { Init } from './initializer.ts';
import { layerNorm, layerNormParameters } from './layer-norm.ts';
import type { LayerRange } from './layer-range.ts';
import { linear, linearParameters } from './linear.ts';
import { multiHeadAttention, type SequenceShape } from './multi-head-attention.ts';
import type { ParameterSpec } from './parameter-spec.ts';

/** A BERT encoder (Devlin et al. 2018); RoBERTa-wwm-ext is one too. */
export interface BertConfig {
  layers: number;
  hidden: number;
  heads: number;
  intermediate: number;
  /** Longest text in tokens. */
  positions: number;
  dropout: number;
  /** Whether it carries the pooler, which is never run but stands in the released state dict. */
  pooler: boolean;
}

const SEGMENTS = 2;
const LAYER_NORM_EPSILON = 1e-12;
const INIT: Init = { kind: 'normal', standardDeviation: 0.02 };

export function bertParameters(name: string, config: BertConfig, vocabularySize: number): ParameterSpec[] {
  const { layers, hidden, intermediate, positions, pooler } = config;
  const table = (part: string, rows: number): ParameterSpec => ({
    name: `${name}.embeddings.${part}_embeddings.weight`,
    torchShape: [rows, hidden],
    init: INIT,
  });
  const layer = (block: string): ParameterSpec[] => [
    ...['query', 'key', 'value'].flatMap((part) => linearParameters(`${block}.attention.self.${part}`, hidden, hidden, INIT)),
    ...linearParameters(`${block}.attention.output.dense`, hidden, hidden, INIT),
    ...layerNormParameters(`${block}.attention.output.LayerNorm`, hidden),
    ...linearParameters(`${block}.intermediate.dense`, hidden, intermediate, INIT),
    ...linearParameters(`${block}.output.dense`, intermediate, hidden, INIT),
    ...layerNormParameters(`${block}.output.LayerNorm`, hidden),
  ];
  return [
    table('word', vocabularySize),
    table('position', positions),
    table('token_type', SEGMENTS),
    ...layerNormParameters(`${name}.embeddings.LayerNorm`, hidden),
    ...Array.from({ length: layers }, (_, index) => layer(`${name}.encoder.layer.${index}`)).flat(),
    ...(pooler
      ? linearParameters(`${name}.pooler.dense`, hidden, hidden, INIT).map((spec) => ({ ...spec, trainable: false }))
      : []),
  ];
}

/** What layers of a BERT run on. */
export interface BertInput {
  /** int32 ids [batch, tokens], or hidden states [batch · tokens, hidden] to go on from. */
  x: tf.Tensor2D;
  /** From attentionBias, or null to attend to padding as well. */
  bias: tf.Tensor4D | null; // [batch, 1, 1, tokens]
  batch: number;
  tokens: number;
}

/**
 * Hidden states of a BERT.
 * @param layers which to run: 0 is the embeddings, 1 the first layer and so on; all unless told
 * @returns [batch · tokens, hidden]
 */
export function bert(
  pass: ForwardPass,
  name: string,
  { x, bias, ...shape }: BertInput,
  config: BertConfig,
  { from = 0, to = config.layers + 1 }: LayerRange = {},
): tf.Tensor2D {
  const others = bias === null ? [] : [bias];
  let y = x;
  for (let layer = from; layer < to; layer++) {
    const at = `${name}.encoder.layer.${layer - 1}`;
    y =
      layer === 0
        ? bertEmbeddings(pass, `${name}.embeddings`, y, config)
        : pass.checkpoint(at, y, (x, [bias = null]) => bertBlock(pass, at, { ...shape, x, bias }, config), others);
  }
  return y;
}

/**
 * Word, position and segment embeddings, normed.
 * @param ids int32 [batch, tokens]
 * @returns [batch · tokens, hidden]
 */
export function bertEmbeddings(pass: ForwardPass, name: string, ids: tf.Tensor2D, config: BertConfig): tf.Tensor2D {
  const [batch, tokens] = ids.shape;
  if (tokens > config.positions) throw new Error(`BERT: ${tokens} tokens are more than its ${config.positions} positions`);
  const { hidden, dropout } = config;
  const words = tf.gather(pass.get(`${name}.word_embeddings.weight`), tf.reshape(ids, [batch * tokens])); // [batch · tokens, hidden]
  const positions = tf.slice(pass.get(`${name}.position_embeddings.weight`), [0, 0], [tokens, hidden]);
  const segment = tf.slice(pass.get(`${name}.token_type_embeddings.weight`), [0, 0], [1, hidden]); // all of segment 0
  const places = tf.expandDims(tf.add(positions, segment), 0); // [1, tokens, hidden]
  const sum = tf.reshape(tf.add(tf.reshape(words, [batch, tokens, hidden]), places), [batch * tokens, hidden]) as tf.Tensor2D;
  return pass.dropout(layerNorm(pass, `${name}.LayerNorm`, sum, LAYER_NORM_EPSILON), dropout, `${name}.LayerNorm.weight`);
}

/** A batch of sequences, flat. */
export interface BertSequence extends SequenceShape {
  x: tf.Tensor2D; // [batch · tokens, hidden]
  bias: tf.Tensor | null; // [batch or 1, 1, tokens or 1, tokens]
}

/**
 * One post-norm layer of a BERT.
 * @returns [batch · tokens, hidden]
 */
export function bertBlock(pass: ForwardPass, name: string, { x, bias, ...shape }: BertSequence, config: BertConfig): tf.Tensor2D {
  const { heads, dropout } = config;
  const layer = `${name}.output.LayerNorm.weight`;
  const [queries, keys, values] = ['query', 'key', 'value'].map((part) => linear(pass, `${name}.attention.self.${part}`, x)) as [
    tf.Tensor2D,
    tf.Tensor2D,
    tf.Tensor2D,
  ];
  const heard = multiHeadAttention(pass, { queries, keys, values, bias }, { ...shape, heads, dropout, layer });
  const attended = pass.dropout(linear(pass, `${name}.attention.output.dense`, heard), dropout, layer);
  const y = layerNorm(pass, `${name}.attention.output.LayerNorm`, tf.add(attended, x), LAYER_NORM_EPSILON);

  const wide = gelu(linear(pass, `${name}.intermediate.dense`, y)); // [batch · tokens, intermediate]
  const narrow = pass.dropout(linear(pass, `${name}.output.dense`, wide), dropout, layer);
  return layerNorm(pass, `${name}.output.LayerNorm`, tf.add(narrow, y), LAYER_NORM_EPSILON);
}
