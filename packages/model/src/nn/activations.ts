import { after, tf } from '@wenlan/engine';

/**
 * x · σ(x) (Ramachandran et al. 2017); PyTorch's SiLU. Its gradient keeps x alone and computes σ(x) again, which is cheaper than to hold
 * it: half of what an EfficientNet keeps for its gradients would be that.
 */
export function swish<T extends tf.Tensor>(x: T): T {
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

/** x · Φ(x), exact (Hendrycks and Gimpel 2016). */
export function gelu<T extends tf.Tensor>(x: T): T {
  const doubled = tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1);
  return tf.mul(tf.mul(x, 0.5), doubled) as T;
}
