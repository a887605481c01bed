export { runCommandLine } from './command-line.ts';
export type { OutputStream, Streams } from './command-line.ts';
export { engineMatMul } from './engine-mat-mul.ts';
export { describeFailure } from './failure.ts';
export type { Failure } from './failure.ts';
