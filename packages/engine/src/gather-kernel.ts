import * as tf from '@tensorflow/tfjs-core';
import type { NodeBackend, OpAttribute } from './node-backend.ts';

/**
 * Replaces tfjs-node's GatherV2, which reads every index back to JavaScript to check its range (src/kernels/GatherV2.ts of 4.22): that
 * stops a GPU at each embedding and can't be captured. TensorFlow checks the range itself on a CPU, and gives zeros for one outside on a GPU.
 */
export function replaceGatherKernel(): void {
  tf.unregisterKernel('GatherV2', 'tensorflow');
  tf.registerKernel({
    kernelName: 'GatherV2',
    backendName: 'tensorflow',
    kernelFunc({ inputs, attrs, backend }) {
      const { x, indices } = inputs as { x: tf.TensorInfo; indices: tf.TensorInfo };
      const { axis, batchDims } = attrs as unknown as { axis: number; batchDims: number };
      const engine = backend as NodeBackend;
      const { binding } = engine;
      const axisTensor = tf.scalar(axis, 'int32');
      const type = (name: string, dtype: tf.DataType): OpAttribute => ({
        name,
        type: binding.TF_ATTR_TYPE,
        value: dtype === 'int32' ? binding.TF_INT32 : dtype === 'bool' ? binding.TF_BOOL : binding.TF_FLOAT,
      });
      const attributes = [
        { name: 'batch_dims', type: binding.TF_ATTR_INT, value: batchDims },
        type('Tparams', x.dtype),
        type('Tindices', 'int32'),
        type('Taxis', 'int32'),
      ];
      const gathered = engine.executeSingleOutput('GatherV2', attributes, [x, indices, axisTensor]);
      axisTensor.dispose();
      return gathered;
    },
  });
}
