import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { Benchmark } from '../src/benchmark.ts';
import { renderIndex, renderPage } from '../src/markdown.ts';
import { parseMeasurement } from '../src/measurement.ts';
import { type BenchmarkResult, keepOtherSides, spread } from '../src/result.ts';
import { runBenchmark } from '../src/run-benchmark.ts';

const prints = (measurement: object): string[] => [
  process.execPath,
  '-e',
  `console.log('warm'); console.log(${JSON.stringify(JSON.stringify(measurement))})`,
];

function benchmarkOf(first: object, second: object, more: Partial<Benchmark> = {}): Benchmark {
  const sides = [
    { name: 'ours', command: prints(first) },
    { name: 'peer', command: prints(second) },
  ];
  return {
    title: 'Two printers',
    unit: 'lines',
    requirements: [],
    notes: 'Both print.',
    ...more,
    prepare: () => Promise.resolve({ sides }),
  };
}

async function run(benchmark: Benchmark): Promise<{ result: BenchmarkResult; lines: string[] }> {
  const lines: string[] = [];
  const result = await runBenchmark('printers', benchmark, {
    environments: tmpdir(),
    cores: '0',
    repeats: 3,
    onRun: (line) => lines.push(line),
  });
  return { result, lines };
}

describe('a benchmark', () => {
  it('runs its sides in turn and gives the ratio run by run', async () => {
    const { result, lines } = await run(
      benchmarkOf({ items: 100, seconds: 2, figures: { success: '99 %' } }, { items: 100, seconds: 4 }, { target: 1.5 }),
    );
    expect(lines.map((line) => line.split(':')[0])).toEqual(
      ['warm-up', 'run 1', 'run 2', 'run 3'].flatMap((turn) => [`${turn}, ours`, `${turn}, peer`]),
    );
    expect(result.sides[1]!.ratio).toEqual({ median: 2, min: 2, max: 2 });
    expect(renderPage(result)).toContain('| ours | 50 (50–50) |  |');
    expect(renderPage(result)).toContain('| peer | 25 (25–25) | 2 (2–2) × |');
    expect(renderIndex([result])).toContain('| [printers](printers.md) | Two printers | 50 lines/s | 2 × peer | 1.5 × |');
  });

  it('has no run before the counted ones where each warms up inside', async () => {
    const { result, lines } = await run(benchmarkOf({ items: 1, seconds: 1 }, { items: 1, seconds: 1 }, { warmsUpInside: true }));
    expect(lines.map((line) => line.split(',')[0])).toEqual([1, 2, 3].flatMap((turn) => [`run ${turn}`, `run ${turn}`]));
    expect(renderPage(result)).toContain('3 runs of each side, in turn, each in a process that warms up first, on cores 0');
  });

  it('runs the first side and those asked for, and keeps the other rows', async () => {
    const whole = (await run(benchmarkOf({ items: 100, seconds: 2 }, { items: 100, seconds: 4 }))).result;
    const lines: string[] = [];
    const part = await runBenchmark('printers', benchmarkOf({ items: 100, seconds: 1 }, { items: 1, seconds: 1 }), {
      environments: tmpdir(),
      cores: '0',
      repeats: 1,
      only: ['nobody'],
      onRun: (line) => lines.push(line),
    });
    expect(lines.map((line) => line.split(':')[0])).toEqual(['warm-up, ours', 'run 1, ours']);
    const kept = keepOtherSides(part, whole);
    expect(kept.sides.map(({ name, rate }) => [name, rate.median])).toEqual([
      ['ours', 100],
      ['peer', 25],
    ]);
    expect(kept.sides[1]!.ratio.median).toBe(2); // of the call that it ran in
  });

  it('refuses outputs that differ where they are to be equal', async () => {
    const sides = [
      { items: 1, seconds: 1, output: 'a' },
      { items: 1, seconds: 1, output: 'b' },
    ] as const;
    await expect(run(benchmarkOf(...sides, { equalOutputs: true }))).rejects.toThrow('peer gave b where ours gave a.');
    await expect(run(benchmarkOf(sides[0], { items: 1, seconds: 1 }, { equalOutputs: true }))).rejects.toThrow(
      'peer gave no output where ours gave a.',
    );
    await expect(run(benchmarkOf(...sides))).resolves.toBeDefined();
  });

  it('shows what a failing side said', async () => {
    const sides = [{ name: 'ours', command: [process.execPath, '-e', 'console.error("no such file"); process.exit(3)'] }];
    const failing: Benchmark = { ...benchmarkOf({}, {}), prepare: () => Promise.resolve({ sides }) };
    await expect(run(failing)).rejects.toThrow('ours ended with status 3.\nno such file');
  });

  it('says what was printed in place of a measurement', () => {
    expect(() => parseMeasurement('ours', 'done\n')).toThrow('ours printed no measurement as its last line but "done".');
    expect(() => parseMeasurement('ours', '{"items": 0, "seconds": 1}')).toThrow('no measurement');
  });
});

describe('spread', () => {
  it('is the median with minimum and maximum, for odd and even counts', () => {
    expect(spread([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
    expect(spread([4, 1, 2, 3])).toEqual({ median: 2.5, min: 1, max: 4 });
  });
});
