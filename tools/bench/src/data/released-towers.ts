import { createTower, type ParameterStore, resolveModel, writeSafetensors } from '@wenlan/model';

/** Of the released text tower. */
const VOCABULARY_SIZE = 21_128;

/** The released model, its padding masked and its boxes placed exactly, as a peer written anew has them. */
export const RELEASED_MODEL: ReturnType<typeof resolveModel> = resolveModel({
  extends: 'brivl-released',
  frozenLayers: 'inference',
  image: { regions: { alignment: 'exact' } },
  text: { attentionMask: true },
});

/** A tower of the released shape with random weights, always the same. */
export function releasedTower(kind: 'image' | 'text'): ParameterStore {
  return createTower(RELEASED_MODEL, kind, { vocabularySize: VOCABULARY_SIZE, seed: 1 });
}

/** Writes a tower's weights under the released names, for the peer. */
export async function writeTower(tower: ParameterStore, file: string): Promise<void> {
  const tensors = tower.entries().map(async ({ name, torchShape }) => ({
    name,
    shape: torchShape,
    data: await tower.exportTorch(name),
  }));
  await writeSafetensors(file, await Promise.all(tensors));
}
