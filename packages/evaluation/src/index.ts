export type { BootstrapOptions, Interval } from './bootstrap.ts';
export type { CaptionCandidates, CaptionReferences } from './captions/caption-pairs.ts';
export type { CaptionTokenizer, NamedTokenizer } from './captions/caption-tokenizer.ts';
export { scoreCaptions } from './captions/score-captions.ts';
export type { CaptionConditions, CaptionOptions, CaptionScores } from './captions/score-captions.ts';
export type { Encoder } from './encoder.ts';
export type { TieRule } from './ranks.ts';
export { retrieval } from './retrieval.ts';
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
} from './report/run-report.ts';
