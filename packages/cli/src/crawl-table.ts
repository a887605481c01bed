import type { CrawlSummary } from '@wenlan/crawler';

const NAME_WIDTH = 28;
const COUNT_WIDTH = 12;

/** The end of a crawl for people: pictures by source and outcome, the hosts that failed most, and what would help. */
export function crawlTable({ candidates, bySourceAndOutcome, failingHosts, advice }: CrawlSummary): string[] {
  const sources = Object.entries(bySourceAndOutcome);
  const totals: Record<string, number> = {};
  for (const [, outcomes] of sources) {
    for (const [outcome, count] of Object.entries(outcomes)) totals[outcome] = (totals[outcome] ?? 0) + count;
  }
  const line = (name: string, cells: readonly (string | number)[]): string =>
    `  ${name.padEnd(NAME_WIDTH)}${cells.map((cell) => String(cell).padStart(COUNT_WIDTH)).join('')}`;
  const share = (count: number): string => `${((100 * count) / Math.max(1, candidates)).toFixed(1)} %`;
  const rows = Object.entries(totals)
    .sort(([left, leftCount], [right, rightCount]) => rightCount - leftCount || (left < right ? -1 : 1))
    .map(([outcome, count]) => line(outcome, [...sources.map(([, counts]) => counts[outcome] ?? 0), count, share(count)]));
  const hosts = failingHosts.map(({ host, outcome, count }) => line(`${host} ${outcome}`, [count]));
  return [
    'Pictures by outcome and source',
    line('', [...sources.map(([name]) => name), 'all', '']).trimEnd(),
    ...rows,
    ...(hosts.length > 0 ? ['Hosts that failed most, pages and pictures', ...hosts] : []),
    ...advice,
  ];
}
