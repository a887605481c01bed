import * as tf from '@tensorflow/tfjs-core';
import { hasOwnKernels, runOwnKernel } from './own-kernels.ts';

/** The one size of filters whose gradient TensorFlow computes several times slower than it could (docs/benchmarks/depthwise-gradients.md); of 3 × 3 it is as fast as ours was. */
const SLOW_KERNEL = 5;

/**
 * A convolution of each channel by itself, padded as TensorFlow's SAME: more at the far side where it doesn't come out even.
 * The gradient of a 5 × 5 filter is computed by a kernel of ours where the engine has it.
 * @param x [batch, height, width, channels]
 * @param filter [kernel, kernel, channels, 1]
 * @returns [batch, ⌈height / stride⌉, ⌈width / stride⌉, channels]
 */
export function depthwiseConvolution(x: tf.Tensor4D, filter: tf.Tensor4D, stride: 1 | 2): tf.Tensor4D {
  const convolve = (x: tf.Tensor4D, filter: tf.Tensor4D): tf.Tensor4D => tf.depthwiseConv2d(x, filter, stride, 'same');
  if (!hasOwnKernels() || filter.shape[0] !== SLOW_KERNEL || filter.shape[1] !== SLOW_KERNEL) return convolve(x, filter);
  const withGradient = tf.customGrad((...inputs) => {
    const [x, filter, save] = inputs as unknown as [tf.Tensor4D, tf.Tensor4D, tf.GradSaveFunc];
    save([x, filter]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] => {
      const [x, filter] = saved as [tf.Tensor4D, tf.Tensor4D];
      const attributes: tf.DepthwiseConv2dNativeBackpropInputAttrs = {
        strides: stride,
        dilations: 1,
        pad: 'same',
        inputShape: x.shape,
      };
      const inputs = { dy, filter } as unknown as tf.NamedTensorMap;
      return [
        tf
          .engine()
          .runKernel(tf.DepthwiseConv2dNativeBackpropInput, inputs, attributes as unknown as tf.NamedAttrMap) as tf.Tensor,
        runOwnKernel(`WenlanDepthwiseFilterGradStride${stride}`, [x, filter, dy]),
      ];
    };
    return { value: convolve(x, filter), gradFunc };
  });
  return withGradient(x, filter);
}
