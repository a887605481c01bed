import { join } from 'node:path';
import { ALONE, loadEngine } from '@wenlan/engine';
import { UserError } from '@wenlan/shards';
import { type BriVLConfig, createTower } from './brivl.ts';
import type { Captioner, CaptionerObjective } from './captioner/captioner-objective.ts';
import { type Checkpoint, openNewestCheckpoint } from './checkpoint.ts';
import { createObjective } from './create-objective.ts';
import { createEncoder, type Encoder } from './encoder.ts';
import type { PairScorer } from './pair-scorer.ts';
import { readRun, type RunRecord } from './run-record.ts';
import { loadTokenizer } from './run-tokenizer.ts';
import type { ResolvedTrainConfig } from './train-config.ts';
import { loadTower } from './train-state.ts';
import type { UniterObjective } from './uniter/uniter-objective.ts';

/** Which checkpoint of a run is loaded. */
export interface LoadRunOptions {
  /** Receives a sentence if a damaged checkpoint was passed over. */
  note?: (sentence: string) => void;
  /** `best`: the one of the highest recall on the validation split, which a run has that was trained with `keepBest`. */
  checkpoint?: 'newest' | 'best';
}

interface OfARun {
  readonly model: BriVLConfig;
  readonly config: ResolvedTrainConfig;
  /** Steps of the checkpoint that was loaded. */
  readonly step: number;
  /** Hexadecimal, of the checkpoint's tensors: what was made with these weights can be told from what others made. */
  readonly weightsSha256: string;
}

/** A trained model, ready to encode. */
export interface LoadedRun extends Encoder, OfARun {}

/** A trained UNITER, ready to score pairs. */
export interface LoadedPairScorer extends PairScorer, OfARun {}

/** A trained captioner. */
export interface LoadedCaptioner extends Captioner, OfARun {}

/**
 * Loads the query towers of the newest checkpoint of a run of BriVL or CLIP, batch norm in inference mode.
 * @throws UserError if there is no run, no checkpoint yet, or none that is whole and of this model; or a run of a model without vectors
 */
export async function loadRun(folder: string, options: LoadRunOptions = {}): Promise<LoadedRun> {
  const { run, checkpoint, engine } = await openRunAt(folder, options);
  const { model, config } = run;
  try {
    const kind = kindOf(run);
    if (kind === 'uniter' || kind === 'captioner') {
      throw new UserError('RUN_OTHER_KIND', `${folder} holds a ${kind}, which has no vectors; name a run of BriVL or CLIP.`);
    }
    await engine;
    const tokenizer = await loadTokenizer(folder);
    const [image, text] = (['image', 'text'] as const).map((tower) =>
      createTower(model, tower, { vocabularySize: tokenizer.vocabularySize }),
    );
    await loadTower(checkpoint, 'imgencoder', image!);
    await loadTower(checkpoint, 'textencoder', text!);
    const encoder = createEncoder({ model, image: image!, text: text!, tokenizer, textBuckets: config.textBuckets });
    const dispose = (): void => {
      encoder.dispose();
      image!.dispose();
      text!.dispose();
    };
    return { ...encoder, dispose, model, config, step: checkpoint.step, weightsSha256: checkpoint.sha256 };
  } finally {
    await checkpoint.tensors.close();
  }
}

/** Loads a UNITER. @throws UserError as {@link loadRun}, or if the run is of another kind */
export async function loadPairScorer(folder: string, options: LoadRunOptions = {}): Promise<LoadedPairScorer> {
  return await loadObjective(folder, 'uniter', (objective) => (objective as UniterObjective).ranker(), options);
}

/** Loads a captioner. @throws UserError as {@link loadRun}, or if the run is of another kind */
export async function loadCaptioner(folder: string, options: LoadRunOptions = {}): Promise<LoadedCaptioner> {
  return await loadObjective(folder, 'captioner', (objective) => (objective as CaptionerObjective).ranker(), options);
}

async function loadObjective<T extends PairScorer>(
  folder: string,
  kind: 'uniter' | 'captioner',
  rankerOf: (objective: ReturnType<typeof createObjective>) => T,
  options: LoadRunOptions,
): Promise<T & OfARun> {
  const { run, checkpoint, engine } = await openRunAt(folder, options);
  try {
    if (kindOf(run) !== kind) {
      throw new UserError('RUN_OTHER_KIND', `${folder} holds a ${kindOf(run)}, not a ${kind}; name a run of one.`);
    }
    await engine;
    const { model, config, seed } = run;
    const objective = createObjective({ model, config, tokenizer: await loadTokenizer(folder), seed, group: ALONE });
    for (const { prefix, store } of objective.towers) await loadTower(checkpoint, prefix, store);
    const ranker = rankerOf(objective);
    const dispose = (): void => {
      ranker.dispose();
      objective.dispose();
    };
    return { ...ranker, dispose, model, config, step: checkpoint.step, weightsSha256: checkpoint.sha256 };
  } finally {
    await checkpoint.tensors.close();
  }
}

async function openRunAt(
  folder: string,
  { note = () => {}, checkpoint: which = 'newest' }: LoadRunOptions,
): Promise<{ run: RunRecord; checkpoint: Checkpoint<unknown>; engine: Promise<unknown> }> {
  const run = await readRun(folder);
  if (run === undefined)
    throw new UserError('RUN_MISSING', `${folder} holds no run (no run.json); name the folder that training wrote.`);
  const engine = loadEngine(); // while the checksum is computed
  engine.catch(() => {}); // whoever awaits it is told
  const checkpoint = await openNewestCheckpoint(join(folder, which === 'best' ? 'best' : 'checkpoints'), note);
  if (checkpoint !== undefined) return { run, checkpoint, engine };
  const mend =
    which === 'best'
      ? 'no best checkpoint; train it with keepBest and a validation split.'
      : 'no checkpoint yet; train it further.';
  throw new UserError('RUN_WITHOUT_CHECKPOINT', `${folder} has ${mend}`);
}

function kindOf({ config }: RunRecord): string {
  return config.objective?.kind ?? 'brivl';
}
