import { cpus, loadavg, totalmem } from 'node:os';
import type { Benchmark } from './benchmark.ts';
import type { RunOfSide } from './run-side.ts';

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface SideResult {
  readonly name: string;
  /** Units a second. */
  readonly rate: Spread;
  readonly peakBytes: number;
  readonly figures: Readonly<Record<string, number | string>>;
  /** First side's rate by this side's, run by run. */
  readonly ratio: Spread;
}

export interface BenchmarkResult {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly notes: string;
  readonly target: number | null;
  readonly repeats: number;
  /** Runs of each side before the counted ones. */
  readonly warmUpRuns: number;
  readonly machine: Machine;
  readonly versions: readonly string[];
  readonly sides: readonly SideResult[];
}

export interface Machine {
  readonly cpu: string;
  readonly cores: string;
  readonly memoryBytes: number;
  readonly node: string;
  /** The load average of the last minute before the first run: 0 on an idle machine. */
  readonly loadBefore: number;
}

export function describeMachine(cores: string): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores,
    memoryBytes: totalmem(),
    node: process.version,
    loadBefore: Math.round(loadavg()[0]! * 100) / 100,
  };
}

/** `runs[side][repeat]` as medians with minimum and maximum. */
export function summarize(
  name: string,
  benchmark: Benchmark,
  machine: Machine,
  versions: readonly string[],
  sides: readonly string[],
  runs: readonly (readonly RunOfSide[])[],
): BenchmarkResult {
  const rates = runs.map((side) => side.map((run) => run.items / run.seconds));
  return {
    name,
    title: benchmark.title,
    unit: benchmark.unit,
    notes: benchmark.notes,
    target: benchmark.target ?? null,
    repeats: rates[0]!.length,
    warmUpRuns: benchmark.warmsUpInside === true ? 0 : 1,
    machine,
    versions,
    sides: sides.map((side, index) => ({
      name: side,
      rate: spread(rates[index]!),
      peakBytes: Math.max(...runs[index]!.map((run) => run.peakBytes)),
      figures: runs[index]!.at(-1)!.figures ?? {},
      ratio: spread(rates[index]!.map((rate, repeat) => rates[0]![repeat]! / rate)),
    })),
  };
}

/** A result of some sides, with the other rows of the one before: a ratio is of runs in one call in either. */
export function keepOtherSides(result: BenchmarkResult, before: BenchmarkResult): BenchmarkResult {
  const known = new Set(result.sides.map(({ name }) => name));
  return { ...result, sides: [...result.sides, ...before.sides.filter(({ name }) => !known.has(name))] };
}

export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { median, min: sorted[0]!, max: sorted.at(-1)! };
}
