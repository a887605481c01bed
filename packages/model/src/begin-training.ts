import { join } from 'node:path';
import { openNewestCheckpoint } from './checkpoint.ts';
import { createObjective } from './create-objective.ts';
import { setGradientCheckpointing } from './gradient-checkpointing.ts';
import { type SavedState, TrainState } from './train-state.ts';
import type { TrainLoopOptions } from './trainer.ts';
import { initWeights } from './weights/init-weights.ts';

/**
 * Parameters, optimizer and what the objective keeps, such as queues: as they were when the run was stopped, or as it begins.
 * @throws UserError for settings or weights that don't fit
 */
export async function beginTraining(options: TrainLoopOptions): Promise<TrainState> {
  const { out, config, model, tokenizer, seed, onProgress } = options;
  const note = (sentence: string): void => onProgress({ type: 'note', sentence });
  const checkpoint = await openNewestCheckpoint<SavedState>(join(out, 'checkpoints'), note);
  const objective = createObjective({ model, config, tokenizer, seed });
  let state: TrainState | undefined;
  try {
    setGradientCheckpointing(objective.towers, config.gradientCheckpointing ?? false);
    state = new TrainState(objective, config);
    if (checkpoint === undefined) await initWeights(objective, config, note);
    else await state.restore(checkpoint);
    return state;
  } catch (error) {
    if (state === undefined) objective.dispose();
    else state.dispose();
    throw error;
  } finally {
    await checkpoint?.tensors.close();
  }
}
