import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readManifest, writeAtomically } from '@wenlan/shards';
import type { CommandContext } from '../command-context.ts';
import { type Evaluation, evaluateStage, type EvaluateStageOptions } from './evaluate-stage.ts';

interface StoredEvaluation {
  /** Hash of all that the result depends on. */
  key: string;
  evaluation: Evaluation;
}

/** The evaluation of a finished run: the one that lies beside it, if it is of the same data and settings, else a new one. */
export class StoredEvaluationStage {
  readonly #options: EvaluateStageOptions;
  readonly #file: string;
  readonly #key: string;
  readonly #stored: Evaluation | undefined;

  private constructor(options: EvaluateStageOptions, key: string, stored: Evaluation | undefined) {
    this.#options = options;
    this.#file = fileOf(options);
    this.#key = key;
    this.#stored = stored;
  }

  static async open(options: EvaluateStageOptions): Promise<StoredEvaluationStage> {
    const { data, run, config, seed } = options;
    const shards = (await readManifest(data)).shards.map(({ sha256 }) => sha256);
    const record = await readFile(join(run, 'run.json'), 'utf8');
    const key = createHash('sha256').update(JSON.stringify({ shards, record, config, seed })).digest('hex');
    const text = await readFile(fileOf(options), 'utf8').catch(() => undefined);
    const stored = text === undefined ? undefined : (JSON.parse(text, reviveRows) as StoredEvaluation);
    return new StoredEvaluationStage(options, key, stored?.key === key ? stored.evaluation : undefined);
  }

  get isDone(): boolean {
    return this.#stored !== undefined;
  }

  async run(context: CommandContext): Promise<Evaluation> {
    if (this.#stored !== undefined) return this.#stored;
    const evaluation = await evaluateStage(this.#options, context);
    const stored: StoredEvaluation = { key: this.#key, evaluation };
    await writeAtomically(this.#file, (handle) => handle.writeFile(JSON.stringify(stored, rowsAsLists)));
    return evaluation;
  }
}

const fileOf = ({ run, config }: EvaluateStageOptions): string => join(run, `evaluation-${config.split}.json`);

const rowsAsLists = (_key: string, value: unknown): unknown => (value instanceof Uint32Array ? [...value] : value);

const reviveRows = (key: string, value: unknown): unknown =>
  key === 'queryRows' || key === 'ranks' ? Uint32Array.from(value as number[]) : value;
