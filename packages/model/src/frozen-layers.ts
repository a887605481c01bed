import type { BriVLConfig } from './brivl-config.ts';
import { isWithin } from './nn/parameter-store.ts';
import { PARTS, type TowerKind } from './tower-parameters.ts';

/**
 * How many of the first layers of a tower's backbone are frozen and in inference mode: what they put out depends on the input alone.
 * Counted as {@link import('./nn/efficientnet.ts').efficientNet} and {@link import('./nn/bert.ts').bert} count.
 */
export function frozenLayerCount(config: BriVLConfig, tower: TowerKind): number {
  if (config.frozenLayers === 'training') return 0;
  const { frozen } = config[tower];
  const isFrozen = (name: string): boolean => frozen.some((layer) => isWithin(name, layer));
  const first = layersOf(config, tower).findIndex((names) => !names.every(isFrozen));
  return first === -1 ? layersOf(config, tower).length : first;
}

/** What the parameters of each layer begin with. */
function layersOf({ image, text }: BriVLConfig, tower: TowerKind): string[][] {
  if (tower === 'text') {
    const layers = Array.from({ length: text.bert.layers }, (_, layer) => [`${PARTS.textBackbone}.encoder.layer.${layer}`]);
    return [[`${PARTS.textBackbone}.embeddings`], ...layers];
  }
  const at = PARTS.imageBackbone;
  const stages = image.backbone.stages.map((_, stage) => [`${at}.blocks.${stage}`]);
  return [[`${at}.conv_stem`, `${at}.bn1`], ...stages, [`${at}.conv_head`, `${at}.bn2`]];
}
