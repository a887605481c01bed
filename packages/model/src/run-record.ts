import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isRemote, UserError, readManifest } from '@wenlan/shards';
import type { BriVLConfig } from './brivl.ts';
import { listSteps } from './checkpoint.ts';
import type { RunEnvironment } from './run-environment.ts';
import type { ResolvedTrainConfig } from './train-config.ts';

const FORMAT_VERSION = 1;
const RECORD_FILE = 'run.json';
/** What the vocabulary of a run may be called. */
export const VOCABULARY_FILES: readonly string[] = ['vocab.txt', 'tokenizer.json'];

/** What a finished run says of itself. */
export interface TrainSummary {
  steps: number;
  /** Pairs that went through the towers, counted as often as they did. */
  samples: number;
  epochs: number;
  /** Mean of the last tenth of the steps. */
  loss: number;
  firstLoss: number;
  /** Mean R@10 over both directions on the validation split, in per cent; null where that split is empty. */
  validationRecallAt10: number | null;
  /** Pictures that didn't decode, counted as often as they didn't. */
  skippedPictures: number;
  /** Spent in steps. */
  seconds: number;
  samplesPerSecond: number;
}

/** `run.json`: what is trained on what, written before the first step; with a summary once it's finished. */
export interface RunRecord {
  formatVersion: number;
  seed: number;
  data: { location: string; sha256: string };
  config: ResolvedTrainConfig;
  /** The towers, with every preset written out. */
  model: BriVLConfig;
  /** How many processes train it together; one unless told. */
  ranks?: number;
  /** What it began with, then each other one that it went on with. */
  environments?: RunEnvironment[];
  summary?: TrainSummary;
}

export interface WantedRun {
  seed: number;
  /** Location of the dataset. */
  data: string;
  config: ResolvedTrainConfig;
  model: BriVLConfig;
  /** How many processes will train it; left out by what doesn't train. */
  ranks?: number;
}

/**
 * Begins a run or takes up the one that lies in the folder.
 * @throws UserError naming the first key in which a run that lies there differs, or a dataset without its manifest
 */
export async function openRun(out: string, wanted: WantedRun): Promise<RunRecord> {
  const { seed, config, model, ranks = 1 } = wanted;
  const data = { location: wanted.data, sha256: await hashDataset(wanted.data) };
  const found = await readRun(out);
  if (found === undefined) {
    await mkdir(out, { recursive: true });
    const record = { formatVersion: FORMAT_VERSION, seed, data, config, model, ...(ranks > 1 && { ranks }) };
    await writeRun(out, record);
    return record;
  }
  const difference = firstDifference(
    { seed: found.seed, train: found.config, model: found.model },
    { seed, train: config, model },
    '',
  );
  if (difference !== undefined) {
    throw new UserError('RUN_DIFFERS', `${out} holds a run with ${difference}; go on with that, or train into another folder.`);
  }
  if (found.data.sha256 !== data.sha256) {
    const mend = 'go on with that dataset, or train into another folder.';
    throw new UserError(
      'RUN_DIFFERS',
      `${out} holds a run on other data than ${data.location} (it was ${found.data.location}); ${mend}`,
    );
  }
  return wanted.ranks === undefined ? found : await withRanks(out, found, wanted.ranks);
}

/** A run goes on with as many ranks as it has taken steps with; before the first checkpoint any number may begin it anew. */
async function withRanks(out: string, found: RunRecord, ranks: number): Promise<RunRecord> {
  const were = found.ranks ?? 1;
  if (were === ranks) return found;
  if ((await listSteps(join(out, 'checkpoints'))).length > 0) {
    throw new UserError(
      'RUN_DIFFERS',
      `${out} holds a run of ${were} rank${were === 1 ? '' : 's'}, not ${ranks}; go on with as many, or train into another folder.`,
    );
  }
  const record = { ...found, ranks };
  await writeRun(out, record);
  return record;
}

/** @returns undefined where no run lies */
export async function readRun(out: string): Promise<RunRecord | undefined> {
  if (isRemote(out)) {
    throw new UserError(
      'LOCATION_NOT_LOCAL',
      `A run is read from a folder of this machine, and ${out} is in S3; copy it to a folder and name that.`,
    );
  }
  const file = join(out, RECORD_FILE);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  let record: RunRecord;
  try {
    record = JSON.parse(text) as RunRecord;
  } catch (cause) {
    throw new UserError('RUN_DAMAGED', `${file} is no JSON; restore it, or train into another folder.`, { cause });
  }
  if (record.formatVersion !== FORMAT_VERSION) {
    const versions = `format version ${record.formatVersion}, this release reads ${FORMAT_VERSION}`;
    throw new UserError('RUN_VERSION', `${file} has ${versions}; use the release that wrote it.`);
  }
  return record;
}

/** Replaces run.json as a whole. */
export async function writeRun(out: string, record: RunRecord): Promise<void> {
  const temporary = join(out, `${RECORD_FILE}.tmp`);
  const handle = await open(temporary, 'w');
  try {
    await handle.writeFile(`${JSON.stringify(record, null, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, join(out, RECORD_FILE));
}

/** Notes with what a run is trained from here on, where that isn't what it was trained with before. */
export async function noteEnvironment(out: string, run: RunRecord, environment: RunEnvironment): Promise<RunRecord> {
  const { environments = [] } = run;
  if (JSON.stringify(environments.at(-1)) === JSON.stringify(environment)) return run;
  const noted = { ...run, environments: [...environments, environment] };
  await writeRun(out, noted);
  return noted;
}

/**
 * Frees the folder of a run that was refused before its first step, so that it can begin there with other settings: removes its record and
 * its vocabulary. A run that has taken steps stays as it is.
 * @param error what it was refused with; only what a person can mend frees the folder
 */
export async function discardUnbegun(out: string, error: unknown): Promise<void> {
  if ((error as { exitStatus?: unknown }).exitStatus !== 2) return;
  const checkpoints = await readdir(join(out, 'checkpoints')).catch(() => []);
  const metrics = await readFile(join(out, 'metrics.jsonl'), 'utf8').catch(() => '');
  if (checkpoints.length > 0 || metrics !== '') return;
  for (const name of [RECORD_FILE, ...VOCABULARY_FILES]) await rm(join(out, name), { force: true });
}

/** The identity of a dataset: the checksums of its shards, wherever it lies. */
export async function hashDataset(location: string): Promise<string> {
  const { shards } = await readManifest(location);
  const hash = createHash('sha256');
  for (const { file, split, sha256 } of shards) hash.update(`${file} ${split} ${sha256}\n`);
  return hash.digest('hex');
}

/** "learningRate 0.1, not 0.2" of the first leaf in which two JSON values differ. */
export function firstDifference(found: unknown, wanted: unknown, path: string): string | undefined {
  if (isObject(found) && isObject(wanted)) {
    for (const key of new Set([...Object.keys(found), ...Object.keys(wanted)])) {
      const difference = firstDifference(found[key], wanted[key], path === '' ? key : `${path}.${key}`);
      if (difference !== undefined) return difference;
    }
    return undefined;
  }
  const [was, is] = [JSON.stringify(found) ?? 'nothing', JSON.stringify(wanted) ?? 'nothing'];
  return was === is ? undefined : `${path} ${was}, not ${is}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
