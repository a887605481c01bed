export { runCommandLine } from './command-line.ts';
export type { Streams } from './command-line.ts';
export { engineMatMul } from './engine-mat-mul.ts';
export { describeFailure } from './failure.ts';
export type { Failure } from './failure.ts';
