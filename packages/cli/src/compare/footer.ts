import type { ClassPictures } from './class-pictures.ts';
import type { CompareConfig } from './compare-config.ts';
import type { HeldOut } from './held-out.ts';
import { settingsOf } from './plan.ts';

/** Everything that one must know to compare a figure of the table with another. */
export function footerOf(
  config: CompareConfig,
  heldOut: ReadonlyMap<string, HeldOut>,
  classes: ClassPictures | undefined,
  engine: string,
): Record<string, string> {
  const { gallery, budget, captions, conditions, seeds, zeroShot } = config;
  const first = [...heldOut.values()][0]!;
  const galleries = conditions.map(({ name }) => `${name}: ${heldOut.get(name)!.captionPolicy}`);
  return {
    split: `${gallery.split}, sha256 of its shards ${first.splitSha256.slice(0, 16)}…`,
    gallery: conditions
      .map(({ name }) => `${name}: ${heldOut.get(name)!.images.length} pictures, ${heldOut.get(name)!.texts.length} texts`)
      .join('; '),
    'caption policy': galleries.join('; '),
    'recall rule': 'any-of: a query counts at K if any of its right answers is within the first K',
    'tie rule': 'equal score: the lower gallery row ranks first',
    'how pairs are scored':
      'BriVL and CLIP by the inner product of two vectors; UNITER by its matching score, exact (every pair) unless its line says rerank',
    ...(captions !== undefined && {
      captions: `scored by character, document frequencies of the references scored; by a decoder of ${captions.steps} steps on the image tower, held still`,
    }),
    tokenizer: `WordPiece, ${bySystem(config, vocabularyOf)}`,
    'checkpoint selection': `highest R@10 on the validation split; ${gallery.split === 'test' ? 'the test split is looked at once' : 'the figures here are of that split too'}`,
    budget: JSON.stringify(budget),
    seeds: seeds.join(', '),
    ...(classes !== undefined && {
      'zero-shot classes': `${classes.labels.length} pictures of split ${gallery.split} in ${classes.classNames.length} classes, texts of kind ${zeroShot!.kind}; prompts ${zeroShot!.templates.join(' ')}`,
    }),
    weights: `${bySystem(config, weightsOf)}, trained on the train split of the same dataset`,
    engine,
  };
}

type Settings = Record<string, unknown>;

/** What holds for all systems, or what holds for each. */
function bySystem(config: CompareConfig, lineOf: (settings: Settings) => string): string {
  const lines = config.systems.map((system) => ({
    name: system.name,
    line: lineOf(settingsOf(config, { system, condition: config.conditions[0]! })),
  }));
  return new Set(lines.map(({ line }) => line)).size === 1
    ? lines[0]!.line
    : lines.map(({ name, line }) => `${name}: ${line}`).join('; ');
}

function vocabularyOf({ vocabulary, initText }: Settings): string {
  if (typeof vocabulary === 'string') return `vocabulary ${vocabulary}`;
  return typeof initText === 'string' ? `vocabulary of ${initText}` : 'vocabulary of the train split';
}

function weightsOf(settings: Settings): string {
  const given = ['init', 'initImage', 'initText'].filter((key) => settings[key] !== undefined);
  return given.length === 0 ? 'random at the start' : given.map((key) => `${key} ${String(settings[key])}`).join(', ');
}
