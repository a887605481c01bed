import { tf } from '@wenlan/engine';
import { infoNce } from '../moco/info-nce.ts';

export interface ClipInputs {
  images: tf.Tensor2D; // [batch, dim], L2-normed rows
  texts: tf.Tensor2D; // [batch, dim], L2-normed rows
  /** 1 where a sample of the batch is no negative of another: on the diagonal, and where picture or text are the same. */
  excluded: tf.Tensor2D; // [batch, batch]
}

export interface ClipLoss {
  imageToText: tf.Scalar;
  textToImage: tf.Scalar;
  /** The sum of both; CLIP halves it, BriVL doesn't, and one learning rate should mean one thing. */
  loss: tf.Scalar;
}

/**
 * The symmetric cross-entropy over the similarities within a batch (CLIP, Radford et al., ICML 2021, figure 3).
 * @param scale 1 / temperature
 */
export function clipLoss({ images, texts, excluded }: ClipInputs, scale: tf.Scalar): ClipLoss {
  const queue = null;
  const imageToText = tf.mean(infoNce({ queries: images, keys: texts, queue, excluded }, scale, 'batch+queue')) as tf.Scalar;
  const textToImage = tf.mean(infoNce({ queries: texts, keys: images, queue, excluded }, scale, 'batch+queue')) as tf.Scalar;
  return { imageToText, textToImage, loss: tf.add(imageToText, textToImage) };
}
