import * as tf from '@tensorflow/tfjs-core';
import { after } from '../capture/after.ts';
import { hasOwnKernels, runOwnKernel } from './own-kernels.ts';

/**
 * x · σ(x) (Ramachandran et al. 2017); PyTorch's SiLU. Its gradient keeps x alone and computes σ(x) again, which is cheaper than to hold
 * it: half of what an EfficientNet keeps for its gradients would be that. One pass over memory each way where the engine has our kernels.
 */
export function swish<T extends tf.Tensor>(x: T): T {
  return hasOwnKernels() ? swishByKernel(x) : swishByOperations(x);
}

function swishByKernel<T extends tf.Tensor>(x: T): T {
  const withGradient = tf.customGrad((...inputs) => {
    const [x, save] = inputs as unknown as [tf.Tensor, tf.GradSaveFunc];
    save([x]);
    const gradFunc = (dy: tf.Tensor, [x]: tf.Tensor[]): tf.Tensor => runOwnKernel('WenlanSwishGrad', [x!, dy]);
    return { value: runOwnKernel('WenlanSwish', [x]), gradFunc };
  });
  return withGradient(x) as T;
}

/** {@link swish} in operations of TensorFlow's. */
export function swishByOperations<T extends tf.Tensor>(x: T): T {
  const withGradient = tf.customGrad((...inputs) => {
    const [x, save] = inputs as unknown as [tf.Tensor, tf.GradSaveFunc];
    save([x]);
    const gradFunc = (dy: tf.Tensor, [x]: tf.Tensor[]): tf.Tensor => {
      const gate = tf.sigmoid(after(x!, [dy]));
      // σ(x) · (1 + x · (1 − σ(x)))
      return tf.mul(dy, tf.mul(gate, tf.add(1, tf.mul(x!, tf.sub(1, gate)))));
    };
    return { value: tf.mul(x, tf.sigmoid(x)), gradFunc };
  });
  return withGradient(x) as T;
}
