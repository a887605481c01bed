import type { MatMul } from '@wenlan/evaluation';
import { engineStatus } from '@wenlan/engine/status';

/** Multiplications for which it is worth the second that TensorFlow takes to load. */
const WORTH_LOADING = 2e9;

/** TensorFlow's product of matrices, where the engine is installed and the galleries are large; undefined otherwise. */
export async function engineMatMul(products: number): Promise<MatMul | undefined> {
  if (products < WORTH_LOADING) return undefined;
  const { record, stock } = await engineStatus();
  if (record === undefined && stock === undefined) return undefined;
  const { loadEngine, tf } = await import('@wenlan/engine');
  const { tensorflowVersion, device } = await loadEngine();
  return {
    name: `TensorFlow ${tensorflowVersion}, ${device === 'gpu' ? 'CUDA' : 'CPU'}`,
    multiply(a, aRows, b, bRows, dim) {
      // by hand: tf.tidy looks for tensors in what it returns, number by number
      const [left, right] = [tf.tensor2d(a, [aRows, dim]), tf.tensor2d(b, [bRows, dim])];
      const product = tf.matMul(left, right, false, true);
      const scores = product.dataSync<'float32'>();
      tf.dispose([left, right, product]);
      return scores;
    },
  };
}
