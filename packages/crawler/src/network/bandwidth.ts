/** The longest burst, in seconds of the rate. */
const BURST_SECONDS = 0.25;

/** A limit of bytes a second over all that is received. */
export class Bandwidth {
  readonly #bytesPerSecond: number;
  readonly #now: () => number;
  #debt = 0;
  #paidAt: number;

  /** @param now milliseconds of a clock that never goes back */
  constructor(bytesPerSecond: number, now: () => number = () => performance.now()) {
    this.#bytesPerSecond = bytesPerSecond;
    this.#now = now;
    this.#paidAt = now();
  }

  /** Counts bytes that have come. @returns milliseconds for which nothing more is to be read; 0 if there is room */
  receive(bytes: number): number {
    if (this.#bytesPerSecond === Infinity) return 0;
    const now = this.#now();
    this.#debt = Math.max(0, this.#debt - ((now - this.#paidAt) / 1000) * this.#bytesPerSecond) + bytes;
    this.#paidAt = now;
    const excess = this.#debt - this.#bytesPerSecond * BURST_SECONDS;
    return excess <= 0 ? 0 : (excess / this.#bytesPerSecond) * 1000;
  }
}
