import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '@wenlan/shards';
import type { BriVLConfig } from '../brivl.ts';
import { type Checkpoint, openNewestCheckpoint, readTensor } from '../checkpoint.ts';
import { toReleasedName, type TowerTensor } from '../released-names.ts';
import { readRun } from '../run-record.ts';
import { loadTokenizer } from '../run-tokenizer.ts';
import { writeSafetensors } from '../safetensors.ts';
import { countOf, type TensorSource } from '../tensor-file.ts';
import { writeTorchFile } from '../torch-file/torch-writer.ts';
import { PARTS, towerParameters } from '../tower-parameters.ts';

/** Which weights go where, in which format. */
export interface ExportOptions {
  /** The file to write; one that lies there is replaced. */
  out: string;
  format: ExportFormat;
  /** Receives a sentence if a damaged checkpoint was passed over. */
  note?: (sentence: string) => void;
}

/**
 * `pth`: as the released checkpoints, `{'learnable': {'imgencoder.backbone…': …}}`, for `load_state_dict(…, strict=True)`.
 * `safetensors`: the same under the names of the whole model, `learnable.imgencoder.backbone…`.
 */
export type ExportFormat = 'pth' | 'safetensors';

/** What was written. */
export interface Exported {
  file: string;
  /** Of the checkpoint that was written out. */
  step: number;
  tensors: number;
  bytes: number;
}

/** A tensor of the released state dict: of a tower, or one that is counted or constant there. */
export type ReleasedTensor = { name: string; shape: readonly number[] } & (
  | { of: TowerTensor }
  | { constant: 'batches' | 'positions' }
);

/** The key of the released checkpoints that holds all parameters. */
const ROOT = 'learnable';

/**
 * Writes the towers of a run's newest checkpoint, momentum copies included, under the names of the released code. Takes no TensorFlow.
 * @throws UserError if there is no run, no checkpoint yet or none that is whole, or if `out` is a folder
 */
export async function exportRun(run: string, { out, format, note = () => {} }: ExportOptions): Promise<Exported> {
  const record = await readRun(run);
  if (record === undefined)
    throw new UserError('RUN_MISSING', `${run} holds no run (no run.json); name the folder that training wrote.`);
  const isFolder = await stat(out).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) throw new UserError('EXPORT_OUT', `${out} is a folder; name the file to write in it.`);
  const { vocabularySize } = await loadTokenizer(run);
  const checkpoint = await openNewestCheckpoint(join(run, 'checkpoints'), note);
  if (checkpoint === undefined) throw new UserError('RUN_WITHOUT_CHECKPOINT', `${run} has no checkpoint yet; train it further.`);

  const temporary = `${out}.tmp`;
  try {
    const hasMomentum = (record.config.objective?.kind ?? 'brivl') === 'brivl';
    const sources = releasedTensors(record.model, vocabularySize)
      .filter(({ name }) => hasMomentum || !name.includes('encoder_mom.'))
      .map((tensor) => sourceOf(tensor, checkpoint));
    await mkdir(dirname(out), { recursive: true });
    if (format === 'safetensors') {
      await writeSafetensors(temporary, sources, { format: 'pt', step: String(checkpoint.step) });
    } else {
      const under = sources.map((source) => ({ ...source, name: source.name.slice(ROOT.length + 1) }));
      await writeTorchFile(temporary, under, { under: ROOT });
    }
    await rename(temporary, out);
    return { file: out, step: checkpoint.step, tensors: sources.length, bytes: (await stat(out)).size };
  } catch (error) {
    await rm(temporary, { force: true });
    throw explainFullDisk(error, out);
  } finally {
    await checkpoint.tensors.close();
  }
}

/** The parameters of the released model as its state dict lists them, queues left out. */
export function releasedTensors(model: BriVLConfig, vocabularySize: number): ReleasedTensor[] {
  const towers = (['image', 'text'] as const).flatMap((kind) => [false, true].map((momentum) => ({ kind, momentum })));
  return towers.flatMap(({ kind, momentum }) =>
    towerParameters(model, kind, vocabularySize).flatMap(({ name, torchShape: shape }): ReleasedTensor[] => {
      const released = (own: string): string => toReleasedName({ kind, momentum, name: own });
      const tensor = { name: released(name), shape, of: { kind, momentum, name } };
      if (name.endsWith('.running_var')) {
        const counter = name.replace(/running_var$/, 'num_batches_tracked');
        return [tensor, { name: released(counter), shape: [], constant: 'batches' }];
      }
      if (name === `${PARTS.textBackbone}.embeddings.word_embeddings.weight`) {
        const ids = `${PARTS.textBackbone}.embeddings.position_ids`;
        return [{ name: released(ids), shape: [1, model.text.bert.positions], constant: 'positions' }, tensor];
      }
      return [tensor];
    }),
  );
}

function sourceOf(tensor: ReleasedTensor, checkpoint: Checkpoint<unknown>): TensorSource {
  const { name, shape } = tensor;
  if ('of' in tensor) {
    const stored = toReleasedName(tensor.of).slice(ROOT.length + 1);
    return { name, shape, dtype: 'F32', load: () => readTensor(checkpoint, stored, shape) };
  }
  const start = tensor.constant === 'batches' ? BigInt(checkpoint.step) : 0n;
  const values = BigInt64Array.from({ length: countOf(shape) }, (_, index) => start + BigInt(index));
  return { name, shape, dtype: 'I64', load: () => Promise.resolve(values) };
}

function explainFullDisk(error: unknown, out: string): unknown {
  if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') return error;
  return new Error(`The disk is full: ${out} can't be written; free some space and export again.`, { cause: error });
}
