import { UserError } from '@wenlan/shards';
import type { Totals } from '@wenlan/shards';
import type { CrawlSummary, FailingHost } from '../crawl-summary.ts';
import type { Frontier } from '../frontier/frontier.ts';
import type { SourceState } from '../frontier/frontier-state.ts';
import type { SourceConfig } from '../sources/source-adapter.ts';

const MAX_FAILING_HOSTS = 10;
/** A share of all candidates that is worth a word. */
const NOTEWORTHY = 0.05;

/**
 * Sums a crawl up once its last page is finished.
 * @throws UserError SITES_SILENT if no page of any source could be read
 */
export function summarize(
  { candidates, byOutcome, bySource }: Pick<CrawlSummary, 'candidates' | 'byOutcome' | 'bySource'>,
  frontier: Frontier,
  sources: readonly (SourceConfig & { maxPages: number })[],
): CrawlSummary {
  const states = frontier.sources;
  const pagesByOutcome: Record<string, number> = {};
  for (const { pages } of states) {
    for (const [outcome, count] of Object.entries(pages)) pagesByOutcome[outcome] = (pagesByOutcome[outcome] ?? 0) + count;
  }
  const silent = sources.flatMap(({ name }, index) => silence(name, states[index]!));
  if (silent.length === sources.length) throw new UserError('SITES_SILENT', silent.join(' '));
  const full = sources.flatMap(({ name, maxPages }, index) =>
    states[index]!.tail < maxPages
      ? []
      : [`The source ${name} reached its maxPages, ${maxPages}; raise it to go on from the links that were left.`],
  );
  return {
    candidates,
    byOutcome,
    bySource,
    pages: states.reduce((sum, { head }) => sum + head, 0),
    pagesByOutcome,
    failingHosts: failingHosts(frontier),
    advice: [...silent, ...full, ...outcomeAdvice(candidates, byOutcome)],
  };
}

function silence(name: string, { pages, failedSeed }: SourceState): string[] {
  if ((pages['ok'] ?? 0) > 0) return [];
  const why = failedSeed === null ? 'no seed was in its scope' : `${failedSeed.url}: ${failedSeed.outcome}`;
  return [
    `No page of the source ${name} could be read (${why}); check its seeds and whether the site answers, then crawl again.`,
  ];
}

function failingHosts(frontier: Frontier): FailingHost[] {
  const counts = new Map<string, FailingHost>();
  for (const { host, outcome } of frontier.failures()) {
    const key = `${host} ${outcome}`;
    counts.set(key, { host, outcome, pages: (counts.get(key)?.pages ?? 0) + 1 });
  }
  return [...counts.values()]
    .sort((left, right) => right.pages - left.pages || (left.host + left.outcome < right.host + right.outcome ? -1 : 1))
    .slice(0, MAX_FAILING_HOSTS);
}

function outcomeAdvice(candidates: number, byOutcome: Totals['byOutcome']): string[] {
  const advice: [outcome: string, mend: string][] = [
    ['dns', 'had no address; use a caching resolver and lower the concurrency'],
    ['rate-limited', 'were refused for going too fast; lower perHost.requestsPerSecond'],
    ['timeout', 'did not answer in time; lower the concurrency, or raise the time limits'],
    ['too-big', 'were larger than maxImageBytes; raise it if they are wanted'],
    ['http-4xx', 'were refused or missing; the site may want another Referer, or its links are old'],
  ];
  return advice.flatMap(([outcome, mend]) => {
    const count = byOutcome[outcome] ?? 0;
    if (count < NOTEWORTHY * candidates) return [];
    return [`${count} of ${candidates} pictures ${mend}.`];
  });
}
