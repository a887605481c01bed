import { UserError } from '@wenlan/shards';
import { isWithin } from './nn/parameter-store.ts';
import type { Tower } from './objective.ts';

/** Backbones and what follows them: every block that there is. */
const EVERYTHING = ['backbone', 'learnable'];

/**
 * Sets which layers of an objective's towers run again for their gradient instead of keeping what they computed.
 * @param layers by how their parameters' names begin, such as `backbone.blocks.4`; true for all
 * @throws UserError naming a layer that no tower has
 */
export function setGradientCheckpointing(towers: readonly Tower[], layers: boolean | readonly string[]): void {
  const names = layers === true ? EVERYTHING : layers === false ? [] : layers;
  for (const layer of layers === true ? [] : names) {
    if (towers.some(({ store }) => store.entries().some(({ name }) => isWithin(name, layer)))) continue;
    throw new UserError(
      'TRAIN_CONFIG',
      `train.gradientCheckpointing names ${layer}, but no tower has a layer of that name; name one such as "backbone.blocks.4", or set it to true for all.`,
    );
  }
  for (const { store } of towers) store.checkpoints = names;
}
