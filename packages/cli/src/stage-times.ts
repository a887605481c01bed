import { readFile, rename, writeFile } from 'node:fs/promises';

/** Seconds by stage, in the order in which the stages ran. */
export type Seconds = Record<string, number>;

/**
 * Measures the stages of a run that may take several invocations: what a stage needed before it was stopped counts, and a
 * stage that finds its work done keeps the time of the invocation that did it.
 */
export class StageTimes {
  /** Over all invocations. */
  readonly total: Seconds;
  /** Of this one. */
  readonly now: Seconds = {};
  readonly #file: string;
  readonly #clock: () => number;

  private constructor(file: string, total: Seconds, clock: () => number) {
    this.#file = file;
    this.total = total;
    this.#clock = clock;
  }

  /** @param clock milliseconds */
  static async open(file: string, clock: () => number = () => performance.now()): Promise<StageTimes> {
    const text = await readFile(file, 'utf8').catch(() => '{}');
    return new StageTimes(file, JSON.parse(text) as Seconds, clock);
  }

  /** @param isDone whether nothing is left to do, so that the time isn't the stage's own */
  async measure<Result>(stage: string, isDone: boolean, work: () => Promise<Result>): Promise<Result> {
    const startedAt = this.#clock();
    try {
      return await work();
    } finally {
      const seconds = (this.#clock() - startedAt) / 1000;
      this.now[stage] = seconds;
      if (!isDone) this.total[stage] = (this.total[stage] ?? 0) + seconds;
      await this.#save();
    }
  }

  async #save(): Promise<void> {
    const temporary = `${this.#file}.tmp`;
    await writeFile(temporary, `${JSON.stringify(this.total, null, 2)}\n`);
    await rename(temporary, this.#file);
  }
}
