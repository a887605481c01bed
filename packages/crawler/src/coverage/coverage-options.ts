/** How what a crawl has steers what it asks for next; see `conceptsOf` for what a concept is. */
export interface CoverageOptions {
  /** Pictures of a concept in one source, from which on links of pages about nothing else wait until no others are left; 1,000 by default. */
  plentiful?: number;
  /** Pictures of a concept in one source, beyond which others of it aren't fetched: `filtered:concept-cap`. None by default. */
  caps?: Readonly<Record<string, number>>;
}

export const DEFAULT_COVERAGE: Required<CoverageOptions> = { plentiful: 1_000, caps: {} };
