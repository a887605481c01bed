import { depthwiseConvolution, tf } from '@wenlan/engine';
import type { ForwardPass } from './forward-pass.ts';
import type { ParameterSpec } from './parameter-spec.ts';

/** He et al. 2015 by what leaves the kernel, as timm starts an EfficientNet. */
function heNormal(fanOut: number): ParameterSpec['init'] {
  return { kind: 'normal', standardDeviation: Math.sqrt(2 / fanOut) };
}

export function convParameters(name: string, kernel: number, inChannels: number, outChannels: number): ParameterSpec[] {
  const torchShape = [outChannels, inChannels, kernel, kernel];
  return [{ name: `${name}.weight`, torchShape, init: heNormal(kernel * kernel * outChannels), layout: 'conv' }];
}

export function depthwiseParameters(name: string, kernel: number, channels: number): ParameterSpec[] {
  const torchShape = [channels, 1, kernel, kernel];
  return [{ name: `${name}.weight`, torchShape, init: heNormal(kernel * kernel), layout: 'depthwise' }];
}

/**
 * A convolution without bias, padded as TensorFlow does: more at the far side where it doesn't come out even.
 * @param x [batch, height, width, in]
 */
export function conv(pass: ForwardPass, name: string, x: tf.Tensor4D, stride: 1 | 2 = 1): tf.Tensor4D {
  return tf.conv2d(x, pass.get<tf.Tensor4D>(`${name}.weight`), stride, 'same');
}

/** As {@link conv}, every channel by itself. */
export function depthwise(pass: ForwardPass, name: string, x: tf.Tensor4D, stride: 1 | 2): tf.Tensor4D {
  return depthwiseConvolution(x, pass.get<tf.Tensor4D>(`${name}.weight`), stride);
}
