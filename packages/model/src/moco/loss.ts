import { tf } from '@wenlan/engine';
import { infoNce, type Negatives } from './info-nce.ts';

/** Everything the loss of a step is computed from; features are L2-normed rows. */
export interface MocoInputs {
  imageQueries: tf.Tensor2D; // [batch, dim]
  textQueries: tf.Tensor2D; // [batch, dim]
  imageKeys: tf.Tensor2D; // [batch, dim]
  textKeys: tf.Tensor2D; // [batch, dim]
  /** Null if no earlier keys are kept. */
  imageQueue: tf.Tensor2D | null; // [queueSize, dim]
  textQueue: tf.Tensor2D | null; // [queueSize, dim]
  /** 1 where a key of batch or queue is no negative of a sample. */
  excluded: tf.Tensor2D; // [batch, batch + queueSize]
}

/** The loss of both directions, and its parts. */
export interface MocoLoss {
  /** A loss a sample. */
  imageToText: tf.Tensor1D; // [batch]
  textToImage: tf.Tensor1D; // [batch]
  /** The sum of both means, as in the released code. */
  loss: tf.Scalar;
}

/**
 * The loss of cross-modal MoCo (WenLan, arXiv 2103.06561, section 3.2): image queries against text keys and the text queue, and
 * text queries against image keys and the image queue.
 * @param scale 1 / temperature
 */
export function mocoLoss(inputs: MocoInputs, scale: tf.Scalar, negatives: Negatives): MocoLoss {
  const { imageQueries, textQueries, imageKeys, textKeys, imageQueue, textQueue, excluded } = inputs;
  const imageToText = infoNce({ queries: imageQueries, keys: textKeys, queue: textQueue, excluded }, scale, negatives);
  const textToImage = infoNce({ queries: textQueries, keys: imageKeys, queue: imageQueue, excluded }, scale, negatives);
  return { imageToText, textToImage, loss: tf.add(tf.mean(imageToText), tf.mean(textToImage)) };
}
