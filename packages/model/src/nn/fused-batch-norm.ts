import { tf } from '@wenlan/engine';

/** What is used here of tfjs-node's backend, to run a TensorFlow operation that tfjs has no name for. */
interface OperationRunner extends tf.KernelBackend {
  binding: Record<'TF_ATTR_FLOAT' | 'TF_ATTR_BOOL' | 'TF_ATTR_STRING' | 'TF_ATTR_TYPE' | 'TF_FLOAT', number>;
  executeMultipleOutputs(name: string, attributes: object[], inputs: tf.Tensor[], outputs: number): tf.Tensor[];
}

export interface BatchNormed {
  y: tf.Tensor4D;
  /** Of the batch. */
  mean: tf.Tensor1D; // [channels]
  /** Of the batch, with Bessel's correction. */
  variance: tf.Tensor1D; // [channels]
}

/**
 * Batch normalisation by the batch's own statistics as TensorFlow's `FusedBatchNormV3`, whose gradient is `FusedBatchNormGradV3`: one
 * pass over memory where elementary operations take eight.
 * @param x [batch, height, width, channels]
 */
export function fusedBatchNorm(x: tf.Tensor4D, scale: tf.Tensor1D, offset: tf.Tensor1D, epsilon: number): BatchNormed {
  const backend = tf.backend() as OperationRunner;
  const { TF_ATTR_BOOL, TF_ATTR_FLOAT, TF_ATTR_STRING, TF_ATTR_TYPE, TF_FLOAT } = backend.binding;
  const attributes = [
    { name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT },
    { name: 'U', type: TF_ATTR_TYPE, value: TF_FLOAT },
    { name: 'epsilon', type: TF_ATTR_FLOAT, value: epsilon },
    { name: 'data_format', type: TF_ATTR_STRING, value: 'NHWC' },
    { name: 'is_training', type: TF_ATTR_BOOL, value: true },
  ];
  const none = tf.tensor1d([]);
  const [y, mean, variance, ...reserved] = backend.executeMultipleOutputs(
    'FusedBatchNormV3',
    attributes,
    [x, scale, offset, none, none],
    6,
  ) as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D, tf.Tensor, tf.Tensor, tf.Tensor];

  const withGradient = tf.customGrad((...inputs) => {
    const [x, scale, , save] = inputs as unknown as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    save([x, scale, ...reserved]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] =>
      backend.executeMultipleOutputs('FusedBatchNormGradV3', attributes, [dy, ...saved], 5).slice(0, 3);
    return { value: tf.clone(y), gradFunc };
  });
  return { y: withGradient(x, scale, offset), mean, variance };
}
