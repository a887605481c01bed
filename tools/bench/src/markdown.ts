import type { BenchmarkResult, Spread } from './result.ts';

/** A benchmark's page: a row a side, then what it was run on. */
export function renderPage(result: BenchmarkResult): string {
  const figures = [...new Set(result.sides.flatMap((side) => Object.keys(side.figures)))];
  const peers = result.sides.length > 1;
  const head = [
    '',
    `${result.unit}/s: median (min–max)`,
    ...(peers ? ['first side is faster by'] : []),
    'peak memory',
    ...figures,
  ];
  const rows = result.sides.map((side, index) => [
    side.name,
    showSpread(side.rate),
    ...(peers ? [index === 0 ? '' : `${showSpread(side.ratio)} ×`] : []),
    `${Math.round(side.peakBytes / 1e6)} MB`,
    ...figures.map((figure) => showFigure(side.figures[figure])),
  ]);
  const { machine } = result;
  return [
    `# ${result.title}`,
    '',
    `\`npm run bench -- ${result.name}\``,
    '',
    ...table(head, rows),
    '',
    ...(result.target === null ? [] : [`To be reached: ${result.target} ×.`, '']),
    result.notes.trim(),
    '',
    `${result.repeats} runs of each side, in turn${result.warmUpRuns === 0 ? ', each in a process that warms up first' : ", after one that isn't counted"}, on cores ${machine.cores} of ${machine.cpu}, ${Math.round(machine.memoryBytes / 2 ** 30)} GiB, Node ${machine.node}. The machine's load before the first run was ${machine.loadBefore}. Memory is that of all processes of a side together, shared pages counted once.`,
    ...(result.versions.length > 0 ? ['', `Peers: ${result.versions.join(', ')}.`] : []),
    '',
  ].join('\n');
}

/** The page that lists all results. */
export function renderIndex(results: readonly BenchmarkResult[]): string {
  const rows = results.map((result) => [
    `[${result.name}](${result.name}.md)`,
    result.title,
    `${showNumber(result.sides[0]!.rate.median)} ${result.unit}/s`,
    result.sides
      .slice(1)
      .map((side) => `${showNumber(side.ratio.median)} × ${side.name}`)
      .join('; '),
    result.target === null ? '' : `${result.target} ×`,
  ]);
  return [
    '# Benchmarks',
    '',
    'Written by `npm run bench -- NAME`; medians. A ratio is our rate by the peer’s, both run in turn in one call on the same cores.',
    '',
    ...table(['name', 'work', 'ours', 'beside', 'to be reached'], rows),
    '',
  ].join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}

const showSpread = ({ median, min, max }: Spread): string => `${showNumber(median)} (${showNumber(min)}–${showNumber(max)})`;

const showFigure = (figure: number | string | undefined): string =>
  typeof figure === 'number' ? showNumber(figure) : (figure ?? '');

function showNumber(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: Math.abs(value) >= 1000 ? 4 : 3 });
}
