import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const BENCHMARKS = join(import.meta.dirname, '../../docs/benchmarks');
const PAIRS = [1e6, 30e6, 650e6];

/** What no benchmark says. */
const ASSUMED = {
  candidatesPerPair: 2,
  failingShare: 0.02,
  /** As a picture is sent, and fitted to 256 pixels. */
  sentBytes: 100_000,
  fittedBytes: 15_000,
  networkBytesPerSecond: 125e6,
  coreHourPrice: 0.05,
  terabyteMonthPrice: 25,
  months: 3,
};

/** The median rate a second of the first side of a benchmark. */
export async function measuredRate(benchmark: string): Promise<number> {
  const text = await readFile(join(BENCHMARKS, `${benchmark}.json`), 'utf8');
  const { sides } = JSON.parse(text) as { sides: { rate: { median: number } }[] };
  return sides[0]!.rate.median;
}

/** The tables of docs/scale.md, from what the benchmark suite printed. */
export async function scaleTable(): Promise<string> {
  const names = ['crawl-download', 'crawl-resize', 'image-measures', 'dedup-million', 'loader', 'train-tiny', 'train-released'];
  const rates = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await measuredRate(name)] as const)),
  ) as Record<string, number>;
  const { candidatesPerPair, failingShare, sentBytes, fittedBytes, networkBytesPerSecond } = ASSUMED;
  const by = (benchmark: string, unit: string): string => `÷ ${rounded(rates[benchmark]!)} ${unit}, ${linkTo(benchmark)}`;
  const candidates = (pairs: number): number => pairs * candidatesPerPair;
  const hours = (items: (pairs: number) => number, rate: number) => (pairs: number) => rounded(items(pairs) / rate / 3600);
  const pairsOf = (pairs: number): number => pairs;
  const rows: [string, (pairs: number) => string, string][] = [
    ['candidates', (pairs) => millions(candidates(pairs)), `× ${candidatesPerPair}`],
    ['requests for pictures', (pairs) => millions(candidates(pairs) / (1 - failingShare)), `÷ ${1 - failingShare}`],
    ['bytes fetched', (pairs) => terabytes(candidates(pairs) * sentBytes), `× ${sentBytes / 1000} KB`],
    ['one network, hours', hours((pairs) => candidates(pairs) * sentBytes, networkBytesPerSecond), '÷ 125 MB/s'],
    ['fetching on two cores, hours', hours(candidates, rates['crawl-download']!), by('crawl-download', 'pictures/s')],
    ['fetching and fitting on two cores, hours', hours(candidates, rates['crawl-resize']!), by('crawl-resize', 'pictures/s')],
    ['measuring pictures, core hours', hours(candidates, rates['image-measures']!), by('image-measures', 'pictures/s and core')],
    ['near-duplicates, hours of one process', hours(candidates, rates['dedup-million']!), by('dedup-million', 'signatures/s')],
    ['raw on disk, fitted', (pairs) => terabytes(candidates(pairs) * fittedBytes), `× ${fittedBytes / 1000} KB`],
    ['clean on disk', (pairs) => terabytes(pairs * fittedBytes), `× ${fittedBytes / 1000} KB`],
    ['an epoch through the loader on two cores, hours', hours(pairsOf, rates['loader']!), by('loader', 'samples/s')],
    ['an epoch of the small model on two cores, hours', hours(pairsOf, rates['train-tiny']!), by('train-tiny', 'samples/s')],
    [
      'an epoch of the released model on two cores, hours',
      hours(pairsOf, rates['train-released']!),
      by('train-released', 'samples/s'),
    ],
    ['GPU days', () => 'not measured', 'no benchmark of ours has run on a GPU'],
  ];
  const { coreHourPrice, terabyteMonthPrice, months } = ASSUMED;
  const coreHours = (pairs: number): number =>
    (candidates(pairs) * (2 / rates['crawl-resize']! + 1 / rates['image-measures']!)) / 3600;
  const money: typeof rows = [
    [
      'processors (fetch and fit, measure)',
      (pairs) => rounded(coreHours(pairs) * coreHourPrice),
      `${coreHourPrice} an hour and core (**A**)`,
    ],
    [
      'disk of raw and clean for three months',
      (pairs) => rounded(((candidates(pairs) + pairs) * fittedBytes * terabyteMonthPrice * months) / 1e12),
      `${terabyteMonthPrice} a TB and month (**A**)`,
    ],
  ];
  return [...table('pairs', 'from', rows), '', ...table('', 'with', money), ''].join('\n');
}

function table(first: string, last: string, rows: readonly [string, (pairs: number) => string, string][]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line([first, ...PAIRS.map((pairs) => `${pairs / 1e6} million`), last]),
    line(Array.from({ length: PAIRS.length + 2 }, () => '---')),
    ...rows.map(([name, value, from]) => line([name, ...PAIRS.map(value), from])),
  ];
}

const linkTo = (benchmark: string): string => `[${benchmark}](benchmarks/${benchmark}.md)`;
const millions = (count: number): string => `${rounded(count / 1e6)} M`;
const terabytes = (bytes: number): string => (bytes < 1e11 ? `${rounded(bytes / 1e9)} GB` : `${rounded(bytes / 1e12)} TB`);

/** Two digits, or all before the point. */
function rounded(value: number): string {
  const digits = value >= 10 ? 0 : Math.min(2, 1 - Math.floor(Math.log10(value)));
  return Number(value.toFixed(digits)).toLocaleString('en-US', { maximumFractionDigits: digits });
}
