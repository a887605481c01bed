import type { ParameterStore } from '../brivl.ts';
import type { Tower } from '../objective.ts';
import type { ResolvedTrainConfig } from '../train-config.ts';
import { fitWeights, type WantedTensor } from './fit-weights.ts';
import { openWeights } from './open-weights.ts';
import { BERT_NAMES, BRIVL_NAMES, TIMM_NAMES, type WeightNames } from './weight-names.ts';

/** The settings that say which weights a run begins with. */
export type InitConfig = Pick<ResolvedTrainConfig, 'init' | 'initImage' | 'initText' | 'partial'>;

interface Towers {
  towers: readonly Tower[];
}

/** What the towers of a checkpoint are called there. */
const PREFIXES = {
  image: ['imgencoder', 'imgencoder_mom'],
  text: ['textencoder', 'textencoder_mom'],
} as const;

/**
 * Fills the towers of a new run from the files that its settings name. Momentum towers take those of the file if it has any, else
 * they are copies of the query towers.
 * @param note receives one sentence for each file that fits in part only, where `partial` allows it
 * @throws UserError listing the first names that are missing, extra or of another shape
 */
export async function initWeights(towers: Towers, config: InitConfig, note: (sentence: string) => void): Promise<void> {
  const { init, initImage, initText, partial = false } = config;
  const sources: [path: string | undefined, names: WeightNames][] = [
    [init, BRIVL_NAMES],
    [initImage, TIMM_NAMES],
    [initText, BERT_NAMES],
  ];
  for (const [path, names] of sources) {
    if (path !== undefined) note((await fill(towers, path, { names, partial })) ?? `Weights of ${path} were taken.`);
  }
}

async function fill(
  towers: Towers,
  path: string,
  { names, partial }: { names: WeightNames; partial: boolean },
): Promise<string | undefined> {
  const file = await openWeights(path);
  try {
    const withMomentum = [...file.entries.keys()].some((name) => names.toTower(name)?.momentum === true);
    const wanted = wantedTensors(towers).filter(
      (tensor) => names.toFile(tensor) !== undefined && (withMomentum || !tensor.momentum),
    );
    const { filled, misfit } = fitWeights(path, file.entries, { names, wanted, partial });
    for (const { inFile, tensor } of filled) {
      const values = await file.read(inFile);
      const floats = values instanceof Float32Array ? values : Float32Array.from(values as ArrayLike<number>, Number);
      storeOf(towers, tensor)!.importTorch(tensor.name, floats);
      if (!withMomentum) storeOf(towers, { ...tensor, momentum: true })?.importTorch(tensor.name, floats);
    }
    return misfit;
  } finally {
    await file.close();
  }
}

function wantedTensors(towers: Towers): WantedTensor[] {
  return (['image', 'text'] as const).flatMap((kind) =>
    [false, true].flatMap((momentum) =>
      (storeOf(towers, { kind, momentum })?.entries() ?? []).map(({ name, torchShape }) => ({
        kind,
        momentum,
        name,
        torchShape,
      })),
    ),
  );
}

/** @returns undefined where the objective has no such tower */
function storeOf({ towers }: Towers, { kind, momentum }: Pick<WantedTensor, 'kind' | 'momentum'>): ParameterStore | undefined {
  return towers.find(({ prefix }) => prefix === PREFIXES[kind][momentum ? 1 : 0])?.store;
}
