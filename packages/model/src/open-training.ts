import { ALONE, type Group, loadEngine } from '@wenlan/engine';
import type { BriVLConfig } from './brivl.ts';
import { checkRanks } from './check-train-config.ts';
import { resolveModel } from './presets/resolve-model.ts';
import { checkAlike } from './ranks/check-alike.ts';
import { onFirstRank } from './ranks/on-every-rank.ts';
import { describeEnvironment } from './run-environment.ts';
import { hashDataset, noteEnvironment, openRun, readRun, type RunRecord } from './run-record.ts';
import { prepareVocabulary } from './run-tokenizer.ts';
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

/**
 * Begins a run, or takes up the one that lies in its folder.
 * @param group the ranks that will train it; none where it isn't trained
 * @throws UserError for settings, data or a folder that don't fit
 */
export async function openTraining({ data, out, config: given, seed }: RunSettings, group?: Group): Promise<OpenedTraining> {
  const config = parseTrainConfig(given);
  const model = resolveModel(config.model);
  const { vocabulary } = config;
  if (group !== undefined) {
    checkRanks(config, group.size);
    await checkAlike(group, async () => ({ seed, train: config, model, data: await hashDataset(data) }));
  }
  const run = await onFirstRank(group ?? ALONE, async () => {
    // looked at before the run is begun: its folder stays free for other settings
    if (typeof vocabulary === 'string' && (await readRun(out)) === undefined) await Tokenizer.load(vocabulary);
    return openRun(out, { seed, data, config, model, ...(group && { ranks: group.size }) });
  });
  return { run, config, model };
}

/** Loads what the steps of a run need. @throws UserError without an engine, or if the texts hold nothing to make tokens of */
export async function loadTraining(
  { data, out }: RunSettings,
  { run, config }: OpenedTraining,
  group: Group = ALONE,
): Promise<{ run: RunRecord; tokenizer: Tokenizer }> {
  const engine = await loadEngine();
  const { noted, vocabulary } = await onFirstRank(group, async () => ({
    noted: await noteEnvironment(out, run, await describeEnvironment(engine)),
    vocabulary: await prepareVocabulary(out, data, config.vocabulary),
  }));
  return { run: noted, tokenizer: Tokenizer.parse(vocabulary.text, vocabulary.file) };
}
