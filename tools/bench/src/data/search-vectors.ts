import { runPeer } from '../ours.ts';

export const ROWS = 100_000;
export const DIM = 2048;
const QUERIES = 200;

/** Writes the vectors and queries of the benchmarks of search: unit vectors around 1,000 centres, and rows with as much noise as signal. */
export function writeSearchVectors(folder: string, python: string): void {
  runPeer(python, 'search-vectors', folder, String(ROWS), String(DIM), String(QUERIES));
}
