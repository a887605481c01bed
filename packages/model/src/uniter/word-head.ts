import { tf } from '@wenlan/engine';
import { gelu } from '../nn/activations.ts';
import type { ForwardPass } from '../nn/forward-pass.ts';
import { zeros } from '../nn/initializer.ts';
import { layerNorm, layerNormParameters } from '../nn/layer-norm.ts';
import { linear, linearParameters } from '../nn/linear.ts';
import type { ParameterSpec } from '../nn/parameter-spec.ts';
import { wordTable } from './single-stream.ts';

const EPSILON = 1e-12;

export function wordHeadParameters(name: string, hidden: number, vocabularySize: number): ParameterSpec[] {
  return [
    ...linearParameters(`${name}.dense`, hidden, hidden),
    ...layerNormParameters(`${name}.norm`, hidden),
    { name: `${name}.bias`, torchShape: [vocabularySize], init: zeros },
  ];
}

/**
 * The head of masked language modelling (Devlin et al. 2018): its last layer is the table of word embeddings.
 * @param x [places, hidden]
 * @returns log-probabilities [places, vocabulary]
 */
export function wordHead(pass: ForwardPass, name: string, x: tf.Tensor2D): tf.Tensor2D {
  const hidden = layerNorm(pass, `${name}.norm`, gelu(linear(pass, `${name}.dense`, x)), EPSILON);
  return tf.logSoftmax(tf.add(tf.matMul(hidden, wordTable(pass), false, true), pass.get(`${name}.bias`)));
}

/**
 * Log-probabilities of the words that stand there.
 * @param logProbabilities [places, vocabulary]
 * @param cells int32 [places]: place · vocabulary + word
 * @returns [places]
 */
export function pickWords(logProbabilities: tf.Tensor2D, cells: tf.Tensor1D): tf.Tensor1D {
  const [places, vocabulary] = logProbabilities.shape;
  return tf.gather(tf.reshape(logProbabilities, [places * vocabulary]), cells);
}
