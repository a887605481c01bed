import type { BriVLConfig } from './brivl-config.ts';
import { isWithin } from './nn/parameter-store.ts';
import { bertParameters } from './nn/bert.ts';
import { planEfficientNet } from './nn/efficientnet-config.ts';
import { efficientNetParameters } from './nn/efficientnet.ts';
import { fusionParameters, type FusionNames } from './nn/fusion.ts';
import type { Init } from './nn/initializer.ts';
import type { ParameterSpec } from './nn/parameter-spec.ts';

/** The two towers. */
export type TowerKind = 'image' | 'text';

/** Names of the parts of a tower in the released state dict. */
export const PARTS = {
  imageBackbone: 'backbone',
  regions: 'learnable.max_pool.0',
  imageFusion: { attention: 'learnable.imgAtt', fc: 'learnable.imgFC' } satisfies FusionNames,
  textBackbone: 'backbone.bert',
  textFusion: { attention: 'learnable.textAtt', fc: 'learnable.textFC' } satisfies FusionNames,
} as const;

/** Every parameter of a tower, in the order of the released state dict, without making any. */
export function towerParameters(config: BriVLConfig, kind: TowerKind, vocabularySize: number): ParameterSpec[] {
  const specs = kind === 'image' ? imageParameters(config) : textParameters(config, vocabularySize);
  const { frozen } = config[kind];
  const isFrozen = (name: string): boolean => frozen.some((layer) => isWithin(name, layer));
  return specs.map((spec) => (isFrozen(spec.name) ? { ...spec, trainable: false, frozen: true } : spec));
}

function imageParameters({ dim, image }: BriVLConfig): ParameterSpec[] {
  const features = planEfficientNet(image.backbone).head;
  const init: Init = { kind: 'uniform', bound: 1 / Math.sqrt(features) }; // PyTorch's own start
  return [
    ...efficientNetParameters(PARTS.imageBackbone, image.backbone),
    ...fusionParameters(PARTS.imageFusion, features, dim, image.attention),
    { name: `${PARTS.regions}.weight`, torchShape: [features, features, 1, 1], init, layout: 'conv' },
    { name: `${PARTS.regions}.bias`, torchShape: [features], init },
  ];
}

function textParameters({ dim, text }: BriVLConfig, vocabularySize: number): ParameterSpec[] {
  return [
    ...bertParameters(PARTS.textBackbone, text.bert, vocabularySize),
    ...fusionParameters(PARTS.textFusion, text.bert.hidden, dim, text.attention),
  ];
}
