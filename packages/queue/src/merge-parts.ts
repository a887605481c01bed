import { type CrawlSummary, joinResponses } from '@wenlan/crawler';
import type { DatasetWriter } from '@wenlan/shards';

const MAX_FAILING_HOSTS = 10;

/**
 * Puts the shards of the parts, one part after the other, into one raw dataset, or goes on with it; no row is read or written again.
 * @param parts locations and summaries in the order of the parts
 * @param silent what is to be said of sites that didn't answer
 * @param out where the writer writes, as `datasetLocation` gives it
 */
export async function mergeParts(
  parts: readonly { dataset: string; summary: CrawlSummary }[],
  silent: readonly string[],
  out: string,
  writer: DatasetWriter,
): Promise<CrawlSummary> {
  let rows = 0;
  for (const { dataset, summary } of parts) {
    rows += summary.candidates;
    // A part is committed as a whole.
    if (writer.rowsCommitted('all') < rows) await writer.adopt(dataset);
  }
  await joinResponses(
    parts.map(({ dataset }) => dataset),
    out,
  );
  const added = addSummaries(parts.map((part) => part.summary));
  const summary = { ...added, advice: [...added.advice, ...silent] };
  await writer.finish(summary);
  return summary;
}

/** The summary of all parts of a crawl. */
export function addSummaries(summaries: readonly CrawlSummary[]): CrawlSummary {
  const sum = (key: 'candidates' | 'pages'): number => summaries.reduce((total, summary) => total + summary[key], 0);
  const bySourceAndOutcome: CrawlSummary['bySourceAndOutcome'] = {};
  for (const summary of summaries) {
    for (const [source, counts] of Object.entries(summary.bySourceAndOutcome)) {
      bySourceAndOutcome[source] = addCounts([bySourceAndOutcome[source] ?? {}, counts]);
    }
  }
  return {
    candidates: sum('candidates'),
    byOutcome: addCounts(summaries.map(({ byOutcome }) => byOutcome)),
    bySource: addCounts(summaries.map(({ bySource }) => bySource)),
    bySourceAndOutcome,
    pages: sum('pages'),
    pagesByOutcome: addCounts(summaries.map(({ pagesByOutcome }) => pagesByOutcome)),
    failingHosts: failingHosts(summaries),
    advice: [...new Set(summaries.flatMap(({ advice }) => advice))],
  };
}

function failingHosts(summaries: readonly CrawlSummary[]): CrawlSummary['failingHosts'] {
  const counts = addCounts(
    summaries.map((summary) =>
      Object.fromEntries(summary.failingHosts.map(({ host, outcome, count }) => [JSON.stringify([host, outcome]), count])),
    ),
  );
  return Object.entries(counts)
    .map(([key, count]) => {
      const [host, outcome] = JSON.parse(key) as [string, string];
      return { host, outcome, count };
    })
    .sort((left, right) => right.count - left.count || (left.host < right.host ? -1 : 1))
    .slice(0, MAX_FAILING_HOSTS);
}

function addCounts(all: readonly Record<string, number>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const counts of all) for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + count;
  return Object.fromEntries(Object.entries(sums).sort(([left], [right]) => (left < right ? -1 : 1)));
}
