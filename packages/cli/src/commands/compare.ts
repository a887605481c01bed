import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ComparedRun,
  type Comparison,
  comparisonCsv,
  comparisonMarkdown,
  comparisonPage,
  publishedFigures,
} from '@wenlan/evaluation';
import { readRun } from '@wenlan/model/run-files';
import { writeAtomically } from '@wenlan/shards';
import type { CommandContext } from '../command-context.ts';
import { type ClassPictures, classPictures } from '../compare/class-pictures.ts';
import { type CompareConfig, loadCompareConfig } from '../compare/compare-config.ts';
import { evaluateRun } from '../compare/evaluate-run.ts';
import { type HeldOut, heldOutPairs } from '../compare/held-out.ts';
import { budgetOf, type PlannedRun, plannedRuns, settingsOf } from '../compare/plan.ts';
import { trainInChild } from '../compare/train-in-child.ts';
import { engineLine } from '../compare/engine-line.ts';

export interface CompareCommandOptions {
  /** Evaluate and print what is trained, train nothing. */
  trainedOnly?: boolean;
}

/**
 * Trains the systems that a YAML names as far as they are missing, evaluates all of them on the same held-out pairs, and writes the
 * table after every run: `comparison.md`, `.csv`, `.json` and `.html`. Run again, it goes on where it was stopped.
 */
export async function compareCommand(file: string, options: CompareCommandOptions, context: CommandContext): Promise<void> {
  const config = await loadCompareConfig(file);
  const published = config.published.flatMap((name) => publishedFigures(name).rows);
  const heldOut = new Map<string, HeldOut>();
  for (const { name, captionKinds } of config.conditions) {
    heldOut.set(name, await heldOutPairs(config.data, { ...config.gallery, captionKinds }));
  }
  const { zeroShot } = config;
  const classes = zeroShot === undefined ? undefined : await classPictures(config.data, config.gallery.split, zeroShot);
  const planned = plannedRuns(config);
  const engine = await engineLine();
  const footer = footerOf(config, heldOut, classes, engine);
  const runs: ComparedRun[] = [];
  const missing: string[] = [];
  let comparison: Comparison = { title: config.title, runs, missing, footer, published };
  for (const [index, run] of planned.entries()) {
    const what = `${run.system.name}, ${run.condition.name}, seed ${run.seed}`;
    context.reporter.note(`${index + 1}/${planned.length}: ${what}`);
    const order = { data: config.data, out: run.out, seed: run.seed };
    if ((await readRun(run.out))?.summary === undefined) {
      if (options.trainedOnly === true) {
        missing.push(what);
        continue;
      }
      const train = { ...settingsOf(config, run), ...(await budgetOf(config, run, context)) };
      await trainInChild({ ...order, train }, context);
    }
    const captioner = await trainCaptioner(config, run, options, context);
    runs.push(
      await storedEvaluation(run, heldOut.get(run.condition.name)!, classes, { tower: towerOf(run, planned), captioner }),
    );
    const left = options.trainedOnly === true ? [] : planned.slice(index + 1);
    const notRun = left.map(({ system, condition, seed }) => `${system.name}, ${condition.name}, seed ${seed}`);
    comparison = { ...comparison, missing: [...missing, ...notRun] };
    await writeTables(config.out, comparison);
    context.signal.throwIfAborted();
  }
  await writeTables(config.out, comparison);
  context.print(comparison, [comparisonMarkdown(comparison)]);
}

/** The folder of the run whose answers are re-ranked: same condition, same seed. */
function towerOf({ system, condition, seed }: PlannedRun, planned: readonly PlannedRun[]): string | undefined {
  const wanted = system.rerank?.system;
  return planned.find((run) => run.system.name === wanted && run.condition === condition && run.seed === seed)?.out;
}

/** A decoder on the image tower of the run's best checkpoint, held still. @returns its folder */
async function trainCaptioner(
  config: CompareConfig,
  run: PlannedRun,
  { trainedOnly }: CompareCommandOptions,
  context: CommandContext,
): Promise<string | undefined> {
  const { captions } = config;
  if (captions === undefined || run.system.queueSize !== undefined) return undefined;
  const out = `${run.out}--captions`;
  const isTrained = (await readRun(out))?.summary !== undefined;
  if (!isTrained && trainedOnly === true) return undefined;
  if (!isTrained) {
    const best = (await readdir(join(run.out, 'best'))).sort().at(-1)!;
    const objective = typeof captions.objective === 'string' ? { extends: captions.objective } : captions.objective;
    const train = {
      keepBest: true,
      ...config.train,
      ...run.condition.train,
      steps: captions.steps,
      objective: { ...objective, image: 'frozen' },
      init: join(run.out, 'best', best, 'state.safetensors'),
      partial: true,
    };
    await trainInChild({ data: config.data, out, seed: run.seed, train }, context);
  }
  return out;
}

/** Kept beside the run, and made anew where the gallery is another one. */
async function storedEvaluation(
  run: PlannedRun,
  heldOut: HeldOut,
  classes: ClassPictures | undefined,
  beside: { tower: string | undefined; captioner: string | undefined },
): Promise<ComparedRun> {
  const file = `${run.out}.evaluation.json`;
  const key = [
    heldOut.splitSha256,
    heldOut.images.length,
    heldOut.captionPolicy,
    run.system.rerank ?? null,
    beside.captioner ?? null,
    classes === undefined ? null : { prompts: classes.prompts, images: classes.images.length },
  ];
  const text = await readFile(file, 'utf8').catch(() => '{}');
  const stored = JSON.parse(text) as { key?: unknown; run?: ComparedRun };
  if (JSON.stringify(stored.key) === JSON.stringify(key)) return stored.run!;
  const evaluated = await evaluateRun(run, heldOut, classes, beside);
  await writeAtomically(file, (handle) => handle.writeFile(`${JSON.stringify({ key, run: evaluated })}\n`));
  return evaluated;
}

async function writeTables(out: string, comparison: Comparison): Promise<void> {
  await mkdir(out, { recursive: true });
  const files = {
    'comparison.md': comparisonMarkdown(comparison),
    'comparison.csv': comparisonCsv(comparison),
    'comparison.json': `${JSON.stringify(comparison)}\n`,
    'comparison.html': comparisonPage(comparison),
  };
  for (const [name, text] of Object.entries(files)) await writeAtomically(join(out, name), (handle) => handle.writeFile(text));
}

function footerOf(
  { gallery, budget, conditions, seeds, zeroShot }: CompareConfig,
  heldOut: ReadonlyMap<string, HeldOut>,
  classes: ClassPictures | undefined,
  engine: string,
): Record<string, string> {
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
    captions: 'scored by character, document frequencies of the references scored',
    tokenizer: 'WordPiece, vocabulary of the train split',
    'checkpoint selection': 'highest R@10 on the validation split; the test split is looked at once',
    budget: JSON.stringify(budget),
    seeds: seeds.join(', '),
    ...(classes !== undefined && {
      'zero-shot classes': `${classes.labels.length} pictures of split ${gallery.split} in ${classes.classNames.length} classes, texts of kind ${zeroShot!.kind}; prompts ${zeroShot!.templates.join(' ')}`,
    }),
    weights: 'random at the start, trained on the train split of the same dataset',
    engine,
  };
}
