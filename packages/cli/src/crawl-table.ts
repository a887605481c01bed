import type { CrawlSummary } from '@wenlan/crawler';

/** The end of a crawl for people: pictures by outcome and by source, the hosts that failed most, and what would help. */
export function crawlTable({ candidates, byOutcome, bySource, failingHosts, advice }: CrawlSummary): string[] {
  const share = (count: number): string => `${((100 * count) / Math.max(1, candidates)).toFixed(1)} %`;
  const rows = (counts: Readonly<Record<string, number>>): string[] =>
    Object.entries(counts)
      .sort(([left, leftCount], [right, rightCount]) => rightCount - leftCount || (left < right ? -1 : 1))
      .map(([name, count]) => `  ${name.padEnd(28)}${String(count).padStart(9)}${share(count).padStart(9)}`);
  const hosts = failingHosts.map(
    ({ host, outcome, count }) => `  ${`${host} ${outcome}`.padEnd(28)}${String(count).padStart(9)}`,
  );
  return [
    'Pictures by outcome',
    ...rows(byOutcome),
    'Pictures by source',
    ...rows(bySource),
    ...(hosts.length > 0 ? ['Hosts that failed most, pages and pictures', ...hosts] : []),
    ...advice,
  ];
}
