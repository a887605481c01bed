import { readFile } from 'node:fs/promises';
import { writeAtomically } from '@wenlan/shards';

/** Seconds by stage, in the order in which the stages ran. */
export type Seconds = Record<string, number>;

interface Stored {
  seconds: Seconds;
  peakRssMegabytes: number;
}

/**
 * What a run cost that may have taken several invocations: what a stage needed before it was stopped counts, and a stage that
 * finds its work done keeps the time of the invocation that did it.
 */
export class Measurements {
  /** Of this invocation. */
  readonly now: Seconds = {};
  readonly #stored: Stored;
  readonly #file: string;
  readonly #clock: () => number;

  private constructor(file: string, stored: Stored, clock: () => number) {
    this.#file = file;
    this.#stored = stored;
    this.#clock = clock;
  }

  /** @param clock milliseconds */
  static async open(file: string, clock: () => number = () => performance.now()): Promise<Measurements> {
    const text = await readFile(file, 'utf8').catch(() => '{"seconds":{},"peakRssMegabytes":0}');
    return new Measurements(file, JSON.parse(text) as Stored, clock);
  }

  /** Over all invocations. */
  get total(): Seconds {
    return this.#stored.seconds;
  }

  /** The highest of all invocations. */
  get peakRssMegabytes(): number {
    return this.#stored.peakRssMegabytes;
  }

  /** @param isDone whether nothing is left to do, so that the time isn't the stage's own */
  async measure<Result>(stage: string, isDone: boolean, work: () => Promise<Result>): Promise<Result> {
    const startedAt = this.#clock();
    try {
      return await work();
    } finally {
      const seconds = (this.#clock() - startedAt) / 1000;
      this.now[stage] = seconds;
      const { seconds: total } = this.#stored;
      if (!isDone) total[stage] = (total[stage] ?? 0) + seconds;
      this.#stored.peakRssMegabytes = Math.max(this.#stored.peakRssMegabytes, peakRssMegabytes());
      await this.#save();
    }
  }

  async #save(): Promise<void> {
    await writeAtomically(this.#file, (handle) => handle.writeFile(`${JSON.stringify(this.#stored, null, 2)}\n`));
  }
}

/** Of this process, threads included, in units of 10^6 bytes. */
export const peakRssMegabytes = (): number => Math.round((process.resourceUsage().maxRSS * 1024) / 1e6);
