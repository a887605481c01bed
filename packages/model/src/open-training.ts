import { loadEngine } from '@wenlan/engine';
import type { BriVLConfig } from './brivl.ts';
import { resolveModel } from './presets/resolve-model.ts';
import { describeEnvironment } from './run-environment.ts';
import { noteEnvironment, openRun, readRun, type RunRecord } from './run-record.ts';
import { prepareTokenizer } from './run-tokenizer.ts';
import { Tokenizer } from './tokenizer.ts';
import { parseTrainConfig } from './parse-train-config.ts';
import type { ResolvedTrainConfig, TrainConfig } from './train-config.ts';

/** What decides a run. */
export interface RunSettings {
  /** Location of the dataset. */
  data: string;
  /** Folder of the run. */
  out: string;
  config: TrainConfig;
  seed: number;
}

/** A run that is begun, or taken up. */
export interface OpenedTraining {
  run: RunRecord;
  config: ResolvedTrainConfig;
  model: BriVLConfig;
}

/** Begins a run, or takes up the one that lies in its folder. @throws UserError for settings, data or a folder that don't fit */
export async function openTraining({ data, out, config: given, seed }: RunSettings): Promise<OpenedTraining> {
  const config = parseTrainConfig(given);
  const model = resolveModel(config.model);
  const { vocabulary } = config;
  // looked at before the run is begun: its folder stays free for other settings
  if (typeof vocabulary === 'string' && (await readRun(out)) === undefined) await Tokenizer.load(vocabulary);
  return { run: await openRun(out, { seed, data, config, model }), config, model };
}

/** Loads what the steps of a run need. @throws UserError without an engine, or if the texts hold nothing to make tokens of */
export async function loadTraining(
  { data, out }: RunSettings,
  { run, config }: OpenedTraining,
): Promise<{ run: RunRecord; tokenizer: Tokenizer }> {
  const engine = await loadEngine();
  const noted = await noteEnvironment(out, run, await describeEnvironment(engine));
  return { run: noted, tokenizer: await prepareTokenizer(out, data, config.vocabulary) };
}
