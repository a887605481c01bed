import { type Group, tf } from '@wenlan/engine';
import type { TrainState } from '../train-state.ts';
import { onEveryRank } from './on-every-rank.ts';
import { shareState } from './share-state.ts';

/** What is used here of tfjs-node's backend, to run a TensorFlow operation that tfjs has no name for. */
interface OperationRunner extends tf.KernelBackend {
  binding: Record<'TF_ATTR_TYPE' | 'TF_FLOAT' | 'TF_INT32', number>;
  executeSingleOutput(name: string, attributes: object[], inputs: tf.Tensor[]): tf.Tensor;
}

/**
 * Sees whether all ranks still hold the same bits, and gives them those of rank 0 where they don't. On processors of one kind they do;
 * others may round differently. A resumed run begins with the state of rank 0 on all, and so must one that goes on from a checkpoint.
 * @returns whether they had come apart
 */
export async function keepTogether(group: Group, state: TrainState): Promise<boolean> {
  if (group.size === 1) return false;
  const [first, ...others] = await onEveryRank(group, () => sumsOfBits(state.variables()));
  if (others.every((sums) => sums.join() === first!.join())) return false;
  await shareState(group, state);
  return true;
}

/** Of each variable the sum of its values' bits as integers, which doesn't depend on the order in which they are added. */
async function sumsOfBits(variables: readonly tf.Variable[]): Promise<number[]> {
  const backend = tf.backend() as OperationRunner;
  const { TF_ATTR_TYPE, TF_FLOAT, TF_INT32 } = backend.binding;
  const attributes = [
    { name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT },
    { name: 'type', type: TF_ATTR_TYPE, value: TF_INT32 },
  ];
  const sums = tf.tidy(() =>
    tf.stack(variables.map((variable) => tf.sum(backend.executeSingleOutput('Bitcast', attributes, [variable])))),
  );
  const values = [...(await sums.data())];
  sums.dispose();
  return values;
}
