import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '@wenlan/shards';
import { sha256OfFile } from './file-sha256.ts';
import { SafetensorsReader, writeSafetensors } from './safetensors.ts';
import type { NamedTensor } from './tensor-file.ts';

const FORMAT_VERSION = 1;
const TENSORS_FILE = 'state.safetensors';
const STATE_FILE = 'state.json';

/** How many checkpoints stay: the newest, and the one before in case the newest is damaged. */
const KEPT = 2;

/** A checkpoint that has passed its checksums. */
export interface Checkpoint<State> {
  step: number;
  /** Hexadecimal, of the file of its tensors: two checkpoints of equal weights have the same. */
  sha256: string;
  folder: string;
  state: State;
  tensors: SafetensorsReader;
}

interface StateFile<State> {
  formatVersion: number;
  step: number;
  tensors: { file: string; bytes: number; sha256: string };
  state: State;
}

/**
 * Writes `step-NNNNNNNN/` with the tensors as safetensors and everything else as JSON. It appears whole or not at all: files are
 * synced in a folder ending in `.tmp`, which is then renamed. Checkpoints older than the one before are removed.
 */
export async function saveCheckpoint(root: string, step: number, tensors: readonly NamedTensor[], state: unknown): Promise<void> {
  const folder = join(root, folderName(step));
  const temporary = `${folder}.tmp`;
  await rm(temporary, { recursive: true, force: true });
  try {
    await mkdir(temporary, { recursive: true });
    const written = await writeSafetensors(join(temporary, TENSORS_FILE), tensors, { step: String(step) });
    const content: StateFile<unknown> = {
      formatVersion: FORMAT_VERSION,
      step,
      tensors: { file: TENSORS_FILE, ...written },
      state,
    };
    const json = JSON.stringify(content);
    await writeSynced(join(temporary, STATE_FILE), `${sha256Of(json)}\n${json}\n`);
    await syncFolder(temporary);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw explainWriteFailure(error, folder);
  }
  await rm(folder, { recursive: true, force: true });
  await rename(temporary, folder);
  await syncFolder(root);
  for (const old of (await listSteps(root)).slice(KEPT)) await rm(join(root, folderName(old)), { recursive: true });
}

/**
 * Opens the newest checkpoint whose checksums hold.
 * @param note receives one sentence for each newer one that is passed over
 * @returns undefined if there is none at all
 * @throws UserError if there are some and every one is damaged
 */
export async function openNewestCheckpoint<State>(
  root: string,
  note: (sentence: string) => void,
): Promise<Checkpoint<State> | undefined> {
  const steps = await listSteps(root);
  for (const [index, step] of steps.entries()) {
    const folder = join(root, folderName(step));
    try {
      return await openCheckpoint<State>(folder);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const before = steps[index + 1];
      if (before === undefined) throw error;
      note(`${error.message} The one before, of step ${before}, is used.`);
    }
  }
  return undefined;
}

/** @throws UserError if a file is missing, a checksum fails, or another version wrote it */
export async function openCheckpoint<State>(folder: string): Promise<Checkpoint<State>> {
  const text = await readFile(join(folder, STATE_FILE), 'utf8').catch((cause: unknown) => {
    throw damaged(folder, `${STATE_FILE} can't be read`, cause);
  });
  const [checksum, json = ''] = text.split('\n');
  if (sha256Of(json) !== checksum) throw damaged(folder, `${STATE_FILE} fails its checksum`);
  const { formatVersion, step, tensors, state } = JSON.parse(json) as StateFile<State>;
  if (formatVersion !== FORMAT_VERSION) {
    const mend = 'read it with the release that wrote it.';
    throw new UserError(
      'CHECKPOINT_VERSION',
      `${folder} has format version ${formatVersion}, this release reads ${FORMAT_VERSION}; ${mend}`,
    );
  }
  const file = join(folder, tensors.file);
  const sha256 = await sha256OfFile(file).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? damaged(folder, `${tensors.file} is missing`, error) : error;
  });
  if (sha256 !== tensors.sha256) throw damaged(folder, `${tensors.file} fails its checksum`);
  return { step, sha256: tensors.sha256, folder, state, tensors: await SafetensorsReader.open(file) };
}

/** @throws UserError if the checkpoint has no such tensor, or one of another shape */
export async function readTensor(checkpoint: Checkpoint<unknown>, name: string, shape: readonly number[]): Promise<Float32Array> {
  const { folder, tensors } = checkpoint;
  const found = tensors.entries.get(name)?.shape;
  if (found?.join() === shape.join()) return (await tensors.read(name)) as Float32Array;
  const there = found === undefined ? `no ${name}` : `${name} of shape [${found.join(', ')}]`;
  const mend = 'it is of another model; name a run of this one.';
  throw new UserError('CHECKPOINT_OTHER_MODEL', `${folder} has ${there}, expected shape [${shape.join(', ')}]: ${mend}`);
}

/** The steps that there are checkpoints of, newest first. */
export async function listSteps(root: string): Promise<number[]> {
  const names = await readdir(root).catch(() => []);
  return names
    .map((name) => /^step-(\d+)$/.exec(name)?.[1])
    .filter((digits) => digits !== undefined)
    .map(Number)
    .sort((a, b) => b - a);
}

/** Says in one sentence what a full disk means here; any other failure stays what it is. */
export function explainWriteFailure(error: unknown, folder: string): unknown {
  if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') return error;
  const mend = 'free some space and run the same command again: it goes on from the checkpoint before.';
  return new Error(`The disk is full: the checkpoint ${folder} can't be written; ${mend}`, { cause: error });
}

const folderName = (step: number): string => `step-${String(step).padStart(8, '0')}`;

async function writeSynced(file: string, text: string): Promise<void> {
  const handle = await open(file, 'w');
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function damaged(folder: string, what: string, cause?: unknown): UserError {
  return new UserError('CHECKPOINT_DAMAGED', `The checkpoint ${folder} is damaged (${what}); remove it.`, { cause });
}
