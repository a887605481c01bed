import type { Pair } from '@wenlan/shards';
import type { Frontier } from '../frontier/frontier.ts';
import { conceptsOf } from './concepts.ts';
import type { CoverageOptions } from './coverage-options.ts';

/** How much of each concept a source has, and what follows for its next pages and pictures. */
export class SourceCoverage {
  readonly #source: number;
  readonly #frontier: Frontier;
  readonly #options: Required<CoverageOptions>;

  constructor(source: number, frontier: Frontier, options: Required<CoverageOptions>) {
    this.#source = source;
    this.#frontier = frontier;
    this.#options = options;
  }

  /** Whether there are as many pictures of a concept of this one as may be. */
  isCapped(picture: Pick<Pair, 'texts'>): boolean {
    const { caps } = this.#options;
    return conceptsOf(picture).some((concept) => {
      const cap = Object.hasOwn(caps, concept) ? caps[concept]! : Infinity;
      return cap < Infinity && this.#frontier.conceptCount(this.#source, concept) >= cap;
    });
  }

  /** Counts a picture that is there. */
  count(picture: Pick<Pair, 'texts'>): void {
    for (const concept of conceptsOf(picture)) this.#frontier.countConcept(this.#source, concept);
  }

  /** Whether the pictures of a page are about nothing but what there is plenty of. */
  isPlentiful(pictures: readonly Pick<Pair, 'texts'>[]): boolean {
    const concepts = new Set(pictures.flatMap((picture) => conceptsOf(picture)));
    return (
      concepts.size > 0 &&
      [...concepts].every((concept) => this.#frontier.conceptCount(this.#source, concept) >= this.#options.plentiful)
    );
  }
}
