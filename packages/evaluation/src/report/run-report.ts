import type { RetrievalResult } from '../retrieval-result.ts';

/** Everything that the page shows of a run. A section that is null was not run and is left out. */
export interface RunReport {
  /** Such as `quickstart`. */
  readonly title: string;
  /** Milliseconds since 1970, UTC. */
  readonly generatedAt: number;
  /** What identifies the run: command, seed, engine, model, recipe hash. */
  readonly facts: readonly Fact[];
  /** In the order they ran. */
  readonly stages: readonly StageTime[];
  /** Highest resident set of the run, in units of 10^6 bytes; null if it was not measured. */
  readonly peakRssMegabytes: number | null;
  readonly crawl: CrawlReport | null;
  readonly cleaning: CleaningReport | null;
  readonly training: TrainingReport | null;
  readonly evaluation: EvaluationReport | null;
}

/** A name with a value, as the head of the page lists them. */
export interface Fact {
  readonly label: string;
  readonly value: string;
}

/** How long a stage took. */
export interface StageTime {
  readonly stage: string;
  readonly seconds: number;
}

/** What the crawl found, for the page. */
export interface CrawlReport {
  readonly pages: number;
  /** What became of the candidates; a pair of outcome and source stands once. */
  readonly outcomes: readonly OutcomeCount[];
  /** What the crawler recommends, one sentence each. */
  readonly advice: readonly string[];
}

/** How many candidates had an outcome. */
export interface OutcomeCount {
  readonly outcome: string;
  readonly source: string;
  readonly count: number;
}

/** What cleaning did, for the page. */
export interface CleaningReport {
  /** Pairs in all splits. */
  readonly kept: number;
  readonly splits: readonly { readonly split: string; readonly pairs: number }[];
  /** Rules in the order they are applied; a pair of rule and source stands once. */
  readonly funnel: readonly FunnelRow[];
  readonly keptSamples: readonly ReportPair[];
  /** Rules in the order they are applied. */
  readonly droppedSamples: readonly { readonly rule: string; readonly pairs: readonly ReportPair[] }[];
  /** Name of the recipe, where one is known. */
  readonly recipe: string | null;
  /** In the order they are applied; empty where nothing is known of them but the funnel. */
  readonly rules: readonly RuleDetails[];
  readonly topics: readonly TopicsOfSource[];
}

/** A rule with its options, what it measured and samples of it. */
export interface RuleDetails {
  readonly rule: string;
  /** Those whose pairs it judges; null for all. */
  readonly sources: readonly string[] | null;
  /** YAML that sets its thresholds as they are, to start from. */
  readonly change: string;
  /** How often it measured what: lower edge and count, ascending. */
  readonly bins: readonly (readonly [from: number, count: number])[];
  readonly dropped: readonly ReportPair[];
  readonly near: readonly ReportPair[];
  /** Texts before and after, of a rule that rewrites. */
  readonly changes: readonly (readonly [before: string, after: string])[];
}

export interface TopicsOfSource {
  readonly source: string;
  /** How many were looked at. */
  readonly texts: number;
  readonly words: readonly { readonly word: string; readonly count: number }[];
}

/** Pairs of one source that reach a rule and that pass it; the difference is what the rule takes at its place in the line. */
export interface FunnelRow {
  readonly rule: string;
  readonly source: string;
  readonly in: number;
  readonly out: number;
}

/** A pair as a sample shows it. */
export interface ReportPair {
  /** `data:` URI of a PNG, JPEG, WebP, GIF or AVIF picture, at best below 4 KB; null if its bytes are gone. */
  readonly thumbnail: string | null;
  readonly texts: readonly { readonly kind: string; readonly text: string }[];
  readonly source: string;
  /** As `thumbnail`: what the pair duplicates, or was nearly taken to duplicate. */
  readonly beside?: string;
  /** A word on this pair, such as the measure that dropped it; null for none. */
  readonly note: string | null;
}

/** How training went, for the page. */
export interface TrainingReport {
  readonly facts: readonly Fact[];
  /** Ascending steps. */
  readonly loss: readonly CurvePoint[];
  readonly validation: { readonly label: string; readonly points: readonly CurvePoint[] } | null;
}

/** A point of a curve. */
export interface CurvePoint {
  readonly step: number;
  readonly value: number;
}

/** Queries with what they found, for the page. */
export interface EvaluationReport {
  readonly retrieval: RetrievalResult;
  readonly textQueries: readonly TextQuery[];
  readonly imageQueries: readonly ImageQuery[];
}

/** A text with the pictures that it found. */
export interface TextQuery {
  readonly text: string;
  /** Of the best right answer, from 1. */
  readonly rank: number;
  /** Best first. */
  readonly matches: readonly (Match & { readonly thumbnail: string })[];
}

/** A picture with the texts that it found. */
export interface ImageQuery {
  readonly thumbnail: string;
  /** What the picture shows, for those who cannot see it. */
  readonly text: string;
  readonly rank: number;
  readonly matches: readonly Match[];
}

interface Match {
  readonly text: string;
  readonly score: number;
  readonly correct: boolean;
}
