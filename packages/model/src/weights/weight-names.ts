import { fromReleasedName, isDerived, toReleasedName, type TowerTensor } from '../released-names.ts';
import { PARTS } from '../tower-parameters.ts';

/** How the tensors of a kind of file are called there and in a tower. */
export interface WeightNames {
  /** @returns null for what has no place in a tower and isn't missed; undefined for a name that is unknown */
  toTower: (name: string) => TowerTensor | null | undefined;
  /** As it is called in the file; undefined for tensors that such a file doesn't hold. */
  toFile: (tensor: TowerTensor) => string | undefined;
}

/** What training scripts put around a state dict. */
const WRAPPERS = /^(?:(?:state_dict|model|module)\.)+/;
/** Of a run: its queues, temperature and optimizer start anew. */
const OF_THE_RUN = /^(?:(?:img|text)_queue(?:_ptr)?$|log_scale$|optimizer\.)/;

/** The released model's, with or without the leading `learnable.`; a checkpoint of ours too. */
export const BRIVL_NAMES: WeightNames = {
  toTower: (name) => {
    const own = name.replace(WRAPPERS, '');
    return isDerived(own) || OF_THE_RUN.test(own) ? null : fromReleasedName(own);
  },
  toFile: toReleasedName,
};

/** timm's EfficientNets. */
export const TIMM_NAMES: WeightNames = {
  toTower: (name) => {
    const own = name.replace(WRAPPERS, '');
    return isDerived(own) ? null : { kind: 'image', momentum: false, name: `${PARTS.imageBackbone}.${own}` };
  },
  toFile: ({ kind, momentum, name }) =>
    kind === 'image' && !momentum && name.startsWith(`${PARTS.imageBackbone}.`)
      ? name.slice(PARTS.imageBackbone.length + 1)
      : undefined,
};

/** A BERT of transformers, with the heads of its pre-training or without; older files call scale and offset gamma and beta. */
export const BERT_NAMES: WeightNames = {
  toTower: (name) => {
    const own = name.replace(WRAPPERS, '').replace(/^bert\./, '');
    if (isDerived(own) || own.startsWith('cls.')) return null;
    const modern = own.replace(/\.gamma$/, '.weight').replace(/\.beta$/, '.bias');
    return { kind: 'text', momentum: false, name: `${PARTS.textBackbone}.${modern}` };
  },
  toFile: ({ kind, momentum, name }) =>
    kind === 'text' && !momentum && name.startsWith(`${PARTS.textBackbone}.`)
      ? `bert.${name.slice(PARTS.textBackbone.length + 1)}`
      : undefined,
};
