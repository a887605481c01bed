export type { BootstrapOptions, Interval } from './bootstrap.ts';
export type { CaptionCandidates, CaptionReferences } from './captions/caption-pairs.ts';
export type { CaptionTokenizer, NamedTokenizer } from './captions/caption-tokenizer.ts';
export { scoreCaptions } from './captions/score-captions.ts';
export type { CaptionConditions, CaptionOptions, CaptionScores } from './captions/score-captions.ts';
export type {
  ClassAccuracy,
  ClassificationConditions,
  ClassificationScores,
  LabelledImages,
  TopK,
} from './classification/accuracy.ts';
export { ensemblePrompts, fillTemplates } from './classification/class-prompts.ts';
export type { ClassPrompts } from './classification/class-prompts.ts';
export { nearestNeighbours } from './classification/nearest-neighbours.ts';
export type { NearestNeighboursInput } from './classification/nearest-neighbours.ts';
export { zeroShot } from './classification/zero-shot.ts';
export type { ZeroShotInput } from './classification/zero-shot.ts';
export { zeroShotByScores } from './classification/zero-shot-by-scores.ts';
export type { ZeroShotByScoresInput } from './classification/zero-shot-by-scores.ts';
export type { Encoder } from './encoder.ts';
export type { MatMul } from './mat-mul.ts';
export { ExactIndex } from './exact-index/exact-index.ts';
export { normalizeRows } from './normalize-rows.ts';
export { readNpy, writeNpy } from './npy.ts';
export type { TieRule } from './rank-counts.ts';
export { rerank } from './rerank.ts';
export type { Reranked, RerankInput } from './rerank.ts';
export { retrieval } from './retrieval.ts';
export { retrievalByScores } from './retrieval-by-scores.ts';
export type { PairScores, RetrievalByScoresInput } from './retrieval-by-scores.ts';
export type { RetrievalInput } from './retrieval.ts';
export type { DirectionResult, RecallAtK, RetrievalConditions, RetrievalResult } from './retrieval-result.ts';
export { scoreJson } from './score-json.ts';
export type { DirectionJson, ScoreJson } from './score-json.ts';
export { topMatches } from './top-matches.ts';
export type { Match } from './top-matches.ts';
export type { Truth } from './truth.ts';
export { truthFromCaptions } from './truth-from-captions.ts';
export type { CaptionGallery } from './truth-from-captions.ts';
export { UserError } from './user-error.ts';
export { gatherVectors } from './vectors.ts';
export type { Vectors } from './vectors.ts';
export { renderReport } from './report/render-report.ts';
export type {
  CleaningReport,
  CrawlReport,
  CurvePoint,
  EvaluationReport,
  Fact,
  FunnelRow,
  ImageQuery,
  OutcomeCount,
  ReportPair,
  RunReport,
  StageTime,
  TextQuery,
  TrainingReport,
  RuleDetails,
} from './report/run-report.ts';
export { curvesPage } from './comparison/curves-page.ts';
export type { CurvesChart, CurvesPage } from './comparison/curves-page.ts';
export type { Series } from './comparison/series-chart.ts';
export { comparisonPage } from './comparison/comparison-page.ts';
export { comparisonCsv, comparisonMarkdown } from './comparison/table.ts';
export { summarizeRuns } from './comparison/comparison.ts';
export type { ComparedRun, ComparedSystem, Comparison, SeedFigure, TrainingPoint } from './comparison/comparison.ts';
export { publishedFigures } from './comparison/published.ts';
export type { Certainty, PublishedFigures, PublishedSet } from './comparison/published.ts';
export type { DownstreamTask, ImageRef } from './datasets/downstream-task.ts';
export { readTask, TASK_NAMES } from './datasets/readers.ts';
export type { ReaderOptions } from './datasets/readers.ts';
export { gradedRelevance } from './graded/graded-relevance.ts';
export type { GradedOptions, GradedRanking, GradedScores } from './graded/graded-relevance.ts';
export { linearProbe } from './classification/linear-probe.ts';
export type { LinearProbeInput } from './classification/linear-probe.ts';
export { readVectors } from './read-vectors.ts';
