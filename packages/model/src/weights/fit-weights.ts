import { UserError } from '@wenlan/shards';
import type { TowerTensor } from '../released-names.ts';
import type { TensorFile } from '../tensor-file.ts';
import { PARTS } from '../tower-parameters.ts';
import type { WeightNames } from './weight-names.ts';

/** A tensor of a tower that wants values. */
export interface WantedTensor extends TowerTensor {
  torchShape: readonly number[];
}

/** Which tensor of a file fills which of a tower. */
export interface Filling {
  inFile: string;
  tensor: WantedTensor;
}

export interface Fit {
  filled: Filling[];
  /** One sentence on what doesn't fit; undefined if all does. */
  misfit: string | undefined;
}

/** They stand in state dicts but are never run: a file may lack them or have them. */
const NEVER_RUN = [`${PARTS.imageBackbone}.classifier.`, `${PARTS.textBackbone}.pooler.`];
/** How many names of a kind a sentence lists. */
const LISTED = 3;

/**
 * Lays the names and shapes of a file beside those of the towers.
 * @throws UserError if they don't fit and that wasn't allowed, or if nothing fits at all; a vocabulary of another size has a sentence of
 *   its own
 */
export function fitWeights(
  file: string,
  entries: TensorFile['entries'],
  { names, wanted, partial }: { names: WeightNames; wanted: readonly WantedTensor[]; partial: boolean },
): Fit {
  const open = new Map(wanted.map((tensor) => [keyOf(tensor), tensor]));
  const filled: Filling[] = [];
  const extra: string[] = [];
  const misshapen: string[] = [];
  for (const [inFile, { shape }] of entries) {
    const place = names.toTower(inFile);
    if (place === null) continue;
    const tensor = place === undefined ? undefined : open.get(keyOf(place));
    if (place !== undefined) open.delete(keyOf(place));
    if (tensor === undefined) {
      if (place === undefined || !isNeverRun(place.name)) extra.push(inFile);
    } else if (tensor.torchShape.join() === shape.join()) {
      filled.push({ inFile, tensor });
    } else {
      if (!partial) checkVocabulary(file, tensor, shape);
      misshapen.push(`${inFile} is [${shape.join(', ')}], not [${tensor.torchShape.join(', ')}]`);
    }
  }
  const missing = [...open.values()].filter(({ name }) => !isNeverRun(name)).map((tensor) => names.toFile(tensor)!);

  const findings = [list(missing, 'missing'), list(extra, 'extra'), list(misshapen, 'of another shape')].filter(
    (finding) => finding !== undefined,
  );
  if (filled.length === 0) {
    const mend = 'name weights of such a model.';
    throw new UserError('WEIGHTS_UNFIT', `${file} holds nothing that fits the model: ${findings.join('; ')}; ${mend}`);
  }
  if (findings.length === 0) return { filled, misfit: undefined };
  if (partial) return { filled, misfit: `${file} fits in part, the rest starts anew: ${findings.join('; ')}.` };
  const mend = 'name weights of the same model, or set train.partial to true to take what fits.';
  throw new UserError('WEIGHTS_UNFIT', `${file} doesn't fit the model: ${findings.join('; ')}; ${mend}`);
}

/** @throws UserError if word embeddings differ in their number of tokens alone */
function checkVocabulary(file: string, { name, torchShape: [tokens, features] }: WantedTensor, shape: readonly number[]): void {
  if (!name.endsWith('.word_embeddings.weight') || shape[1] !== features) return;
  const sizes = `the vocabulary has ${tokens} tokens, but ${file} has word embeddings of ${shape[0]}`;
  const mend = 'name the vocab.txt that belongs to these weights in train.vocabulary';
  throw new UserError(
    'VOCABULARY_UNFIT',
    `The vocabulary doesn't fit the weights: ${sizes}; ${mend}, or set train.partial to true to start the word embeddings anew.`,
  );
}

function keyOf({ kind, momentum, name }: TowerTensor): string {
  return `${kind} ${momentum} ${name}`;
}

function isNeverRun(name: string): boolean {
  return NEVER_RUN.some((part) => name.startsWith(part));
}

function list(names: readonly string[], kind: string): string | undefined {
  if (names.length === 0) return undefined;
  const more = names.length > LISTED ? ', …' : '';
  return `${names.length} ${kind} (${names.slice(0, LISTED).join(', ')}${more})`;
}
