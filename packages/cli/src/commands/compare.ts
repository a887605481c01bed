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
import { type ChildOrder, trainInChild } from '../compare/train-in-child.ts';
import { engineLine } from '../compare/engine-line.ts';
import { footerOf } from '../compare/footer.ts';

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
    const isTrained = (await readRun(run.out))?.summary !== undefined;
    if (!isTrained && options.trainedOnly === true) {
      missing.push(what);
      continue;
    }
    const train = { ...settingsOf(config, run), ...(await budgetOf(config, run, context)) };
    if (isTrained) await refuseOtherSettings({ ...order, train });
    else await trainInChild({ ...order, train }, context);
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
  const trained = await readRun(out);
  const isTrained = trained?.summary !== undefined;
  if (!isTrained && trainedOnly === true) return undefined;
  const best = (await readdir(join(run.out, 'best'))).sort().at(-1)!;
  const objective = typeof captions.objective === 'string' ? { extends: captions.objective } : captions.objective;
  const train = {
    keepBest: true,
    ...config.train,
    ...run.condition.train,
    steps: captions.steps,
    objective: { ...objective, image: 'frozen' },
    init: trained?.config.init ?? join(run.out, 'best', best, 'state.safetensors'), // the folder may have moved
    partial: true,
  };
  const order = { data: config.data, out, seed: run.seed, train };
  if (isTrained) await refuseOtherSettings(order);
  else await trainInChild(order, context);
  return out;
}

/** A run that is finished is taken only if it is what the YAML now says. @throws UserError `RUN_DIFFERS` */
async function refuseOtherSettings({ train, ...order }: ChildOrder): Promise<void> {
  const { openTraining } = await import('@wenlan/model');
  await openTraining({ ...order, config: train });
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
