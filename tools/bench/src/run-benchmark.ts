import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Benchmark } from './benchmark.ts';
import { type BenchmarkResult, describeMachine, summarize } from './result.ts';
import { pythonEnvironment } from './python-environment.ts';
import { type RunOfSide, runSide } from './run-side.ts';

export interface RunOptions {
  /** Where the peers' environments are kept. */
  readonly environments: string;
  /** As `taskset -c` takes them. */
  readonly cores: string;
  readonly repeats?: number;
  /** Parts of names: besides the first side, only sides that have one of them run. */
  readonly only?: readonly string[];
  readonly onRun: (line: string) => void;
}

/** Runs all sides of a benchmark, or those that were asked for, in turn: once for warm-up, then as often as it says. */
export async function runBenchmark(name: string, benchmark: Benchmark, options: RunOptions): Promise<BenchmarkResult> {
  const environment =
    benchmark.requirements.length > 0
      ? pythonEnvironment(options.environments, benchmark.requirements)
      : { python: 'python3', versions: [] };
  const machine = describeMachine(options.cores);
  const folder = await mkdtemp(join(tmpdir(), `wenlan-bench-${name}-`));
  try {
    const prepared = await benchmark.prepare({ folder, python: environment.python });
    try {
      const sides = prepared.sides.filter(
        ({ name }, index) => index === 0 || (options.only?.some((part) => name.includes(part)) ?? true),
      );
      const runs: RunOfSide[][] = sides.map(() => []);
      const repeats = options.repeats ?? benchmark.repeats ?? 5;
      for (let repeat = benchmark.warmsUpInside === true ? 0 : -1; repeat < repeats; repeat++) {
        for (const [index, side] of sides.entries()) {
          const run = await runSide(side, options.cores);
          options.onRun(
            `${repeat < 0 ? 'warm-up' : `run ${repeat + 1}`}, ${side.name}: ${(run.items / run.seconds).toPrecision(4)} ${benchmark.unit}/s, ${Math.round(run.peakBytes / 1e6)} MB`,
          );
          if (repeat >= 0) runs[index]!.push(run);
        }
      }
      if (benchmark.equalOutputs === true)
        assertEqualOutputs(
          sides.map((side) => side.name),
          runs,
        );
      const named = benchmark.requirements.map((requirement) => requirement.split(/[[=<>]/)[0]!.toLowerCase());
      const versions = environment.versions.filter((version) => named.includes(version.split('==')[0]!.toLowerCase()));
      return summarize(
        name,
        benchmark,
        machine,
        versions,
        sides.map((side) => side.name),
        runs,
      );
    } finally {
      await prepared.close?.();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function assertEqualOutputs(sides: readonly string[], runs: readonly (readonly RunOfSide[])[]): void {
  const wanted = runs[0]![0]!.output;
  for (const [index, side] of runs.entries()) {
    const other = side.find((run) => run.output === undefined || run.output !== wanted);
    if (other !== undefined)
      throw new Error(`${sides[index]} gave ${other.output ?? 'no output'} where ${sides[0]} gave ${wanted ?? 'no output'}.`);
  }
}
