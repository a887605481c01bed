/**
 * What a training run wrote about itself. Whoever only looks at runs imports `@wenlan/model/run-files`, which loads no TensorFlow.
 *
 * @module
 */
export { readMetrics } from './metrics-log.ts';
export type { StepMetrics } from './metrics-log.ts';
export { readRun } from './run-record.ts';
export type { RunRecord, TrainSummary } from './run-record.ts';
