import { after, tf } from '@wenlan/engine';
import type { ParameterSettings } from './parameter-groups.ts';

/**
 * variable ← variable · (1 − learning rate · decay).
 * @param gradient of this parameter, for which is waited: until then the parameter is in use, and this would be a second copy of it
 */
export function decay(
  { variable, rateFactor, decay: share }: ParameterSettings,
  learningRate: tf.Scalar,
  gradient: tf.Tensor,
): void {
  if (share === 0) return;
  variable.assign(tf.mul(variable, tf.sub(1, tf.mul(after(learningRate, [gradient]), rateFactor * share))));
}
