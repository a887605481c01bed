import type { TowerKind } from './tower-parameters.ts';

/** A tensor of a tower. */
export interface TowerTensor {
  kind: TowerKind;
  /** Of the momentum copy. */
  momentum: boolean;
  /** Name in the tower's store. */
  name: string;
}

const ENCODERS: Record<TowerKind, string> = { image: 'imgencoder', text: 'textencoder' };

/** Name in the state dict of the released model: `learnable.imgencoder_mom.backbone.conv_stem.weight`. */
export function toReleasedName({ kind, momentum, name }: TowerTensor): string {
  return `learnable.${ENCODERS[kind]}${momentum ? '_mom' : ''}.${name}`;
}

/**
 * Which tensor of a tower a released name means. Checkpoints of the released training lack the leading `learnable.`; both are read.
 * @returns undefined for what isn't of a tower (queues and their pointers)
 */
export function fromReleasedName(released: string): TowerTensor | undefined {
  const match = /^(?:learnable\.)?(img|text)encoder(_mom)?\.(.+)$/.exec(released);
  if (match === null) return undefined;
  return { kind: match[1] === 'img' ? 'image' : 'text', momentum: match[2] !== undefined, name: match[3]! };
}

/**
 * Whether a tensor of the state dict is counted or constant there and so has no place in a store: `num_batches_tracked` and
 * `position_ids`.
 */
export function isDerived(name: string): boolean {
  return /\.(num_batches_tracked|position_ids)$/.test(name);
}
