import type { Group } from '@wenlan/engine';
import type { TrainState } from '../train-state.ts';
import { onFirstRank } from './on-every-rank.ts';

/** Gives every rank the state of rank 0, to the bit. */
export async function shareState(group: Group, state: TrainState): Promise<void> {
  if (group.size === 1) return;
  const { step, saved } = await onFirstRank(group, async () => ({ step: state.step, saved: state.saved() }));
  if (group.rank > 0) state.resume(step, saved);
  // one at a time: together they would be there twice
  for (const variable of new Set(state.variables())) {
    const [value] = await group.broadcast([variable]);
    if (group.rank > 0) variable.assign(value!);
    value!.dispose();
  }
}
