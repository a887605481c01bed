import { seededUnit } from '../seeded-hash.ts';
import { Smallest } from './smallest.ts';

export const DROPPED_SAMPLES = 8;
export const KEPT_SAMPLES = 24;

/** A row, or one of its texts, that is to be shown. */
export interface SampleRequest {
  row: number;
  /** Index of the text among those of the row as it came in; null for the row as a whole. */
  text: number | null;
  score: number | null;
  /** The row that it duplicates, or was nearly joined with. */
  beside?: number;
}

/** Draws, for each rule, what it dropped or changed, and from what was kept: seeded, and regardless of order. */
export class SampleDraw {
  readonly #seed: number;
  readonly #byRule = new Map<string, Smallest<SampleRequest>>();
  readonly #near = new Map<string, Smallest<SampleRequest>>();
  readonly #kept = new Smallest<SampleRequest>(KEPT_SAMPLES);

  constructor(seed: number) {
    this.#seed = seed;
  }

  offer(rule: string, id: string, request: SampleRequest): void {
    this.#draw(this.#byRule, rule, id, request);
  }

  /** What the rule kept, and would have dropped at a slightly other score. */
  offerNear(rule: string, id: string, request: SampleRequest): void {
    this.#draw(this.#near, rule, id, request);
  }

  offerKept(id: string, row: number): void {
    this.#kept.offer(seededUnit(this.#seed, 'sample', id), () => ({ row, text: null, score: null }));
  }

  get byRule(): ReadonlyMap<string, SampleRequest[]> {
    return new Map([...this.#byRule].map(([rule, draw]) => [rule, draw.items]));
  }

  get near(): ReadonlyMap<string, SampleRequest[]> {
    return new Map([...this.#near].map(([rule, draw]) => [rule, draw.items]));
  }

  get kept(): SampleRequest[] {
    return this.#kept.items;
  }

  #draw(draws: Map<string, Smallest<SampleRequest>>, rule: string, id: string, request: SampleRequest): void {
    let draw = draws.get(rule);
    if (draw === undefined) {
      draw = new Smallest(DROPPED_SAMPLES);
      draws.set(rule, draw);
    }
    draw.offer(seededUnit(this.#seed, 'sample', rule, id, String(request.text)), () => request);
  }
}
