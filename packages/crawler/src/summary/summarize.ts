import type { Totals } from '@wenlan/shards';
import type { Failure } from '../frontier/frontier-state.ts';
import { adviceOf } from './advice.ts';
import type { SourceProgress } from './advice.ts';
import type { CrawlSummary, FailingHost } from './crawl-summary.ts';

const MAX_FAILING_HOSTS = 10;

/** @param failures everything that failed, in any order */
export function summarize(sources: readonly SourceProgress[], totals: Totals, failures: Iterable<Failure>): CrawlSummary {
  const pagesByOutcome: Record<string, number> = {};
  for (const { state } of sources) {
    for (const [outcome, count] of Object.entries(state.pages)) pagesByOutcome[outcome] = (pagesByOutcome[outcome] ?? 0) + count;
  }
  return {
    candidates: totals.rows,
    byOutcome: totals.byOutcome,
    bySource: Object.fromEntries(sources.map(({ name, state }) => [name, state.rows])),
    bySourceAndOutcome: Object.fromEntries(sources.map(({ name, state }) => [name, state.outcomes])),
    pages: sources.reduce((sum, { state }) => sum + state.head, 0),
    pagesByOutcome,
    failingHosts: failingHosts(failures),
    advice: adviceOf(sources, totals.rows),
  };
}

function failingHosts(failures: Iterable<Failure>): FailingHost[] {
  const byKey = new Map<string, FailingHost>();
  for (const { host, outcome } of failures) {
    const key = `${host} ${outcome}`;
    byKey.set(key, { host, outcome, count: (byKey.get(key)?.count ?? 0) + 1 });
  }
  return [...byKey]
    .sort(([left, { count: leftCount }], [right, { count: rightCount }]) => rightCount - leftCount || (left < right ? -1 : 1))
    .slice(0, MAX_FAILING_HOSTS)
    .map(([, host]) => host);
}
