import * as tf from '@tensorflow/tfjs-core';

/**
 * Replaces the gradients of Sum and Mean of tfjs-core 4.22, which multiply by ones of the input's shape, made in JavaScript: in a captured
 * step each would be a constant as large as an activation, held as long as the program. These broadcast instead.
 */
export function replaceReductionGradients(): void {
  for (const kernelName of ['Sum', 'Mean']) {
    tf.unregisterGradient(kernelName);
    tf.registerGradient({
      kernelName,
      inputsToSave: ['x'],
      gradFunc(dy, [x], attributes) {
        const { shape } = x!;
        const axes = tf.util.parseAxisParam((attributes as { axis: number[] }).axis, shape);
        const kept = shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
        const count = axes.reduce((product, axis) => product * shape[axis]!, 1);
        return {
          x: () => {
            const each: tf.Tensor = kernelName === 'Sum' ? (dy as tf.Tensor) : tf.div(dy as tf.Tensor, count);
            return tf.broadcastTo(tf.reshape(each, kept), shape);
          },
        };
      },
    });
  }
}
