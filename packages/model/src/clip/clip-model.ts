import type { BriVLConfig } from '../brivl-config.ts';
import type { ResolvedTrainConfig } from '../train-config.ts';
import type { ClipConfig } from './clip-config.ts';

/**
 * The towers with what `frozen` locks: all of the image tower where it begins with a whole one (`init`), else the backbone, whose
 * projection nobody has trained.
 */
export function clipModel(model: BriVLConfig, { image }: ClipConfig, { init }: Pick<ResolvedTrainConfig, 'init'>): BriVLConfig {
  if (image === 'trained') return model;
  const locked = init === undefined ? ['backbone'] : ['backbone', 'learnable'];
  return { ...model, image: { ...model.image, frozen: locked }, frozenLayers: 'inference' };
}
