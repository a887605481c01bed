import { join } from 'node:path';
import { type Checkpoint, openNewestCheckpoint } from './checkpoint.ts';
import { createObjective } from './create-objective.ts';
import { setGradientCheckpointing } from './gradient-checkpointing.ts';
import { onFirstRank } from './ranks/on-every-rank.ts';
import { shareState } from './ranks/share-state.ts';
import { type SavedState, TrainState } from './train-state.ts';
import type { TrainLoopOptions } from './trainer.ts';
import { initWeights } from './weights/init-weights.ts';

/**
 * Parameters, optimizer and what the objective keeps, such as queues: as they were when the run was stopped, or as it begins. The first
 * rank reads them, and the others have them from it: they need not see its folder.
 * @throws UserError for settings or weights that don't fit
 */
export async function beginTraining(options: TrainLoopOptions): Promise<TrainState> {
  const { out, config, model, tokenizer, seed, onProgress, group } = options;
  const note = (sentence: string): void => onProgress({ type: 'note', sentence });
  let checkpoint: Checkpoint<SavedState> | undefined;
  await onFirstRank(group, async () => {
    checkpoint = await openNewestCheckpoint<SavedState>(join(out, 'checkpoints'), note);
  });
  const objective = createObjective({ model, config, tokenizer, seed, group });
  let state: TrainState | undefined;
  try {
    setGradientCheckpointing(objective.towers, config.gradientCheckpointing ?? false);
    const begun = new TrainState(objective, config);
    state = begun;
    await onFirstRank(group, async () => {
      if (checkpoint === undefined) await initWeights(objective, config, note);
      else await begun.restore(checkpoint);
    });
    await shareState(group, begun);
    return begun;
  } catch (error) {
    if (state === undefined) objective.dispose();
    else state.dispose();
    throw error;
  } finally {
    await checkpoint?.tensors.close();
  }
}
