import type { CleanSummary, Sample } from '@wenlan/cleaning';
import type { CleaningReport, ReportPair, RuleDetails } from '@wenlan/evaluation';
import { stringify } from 'yaml';

/** What the report page shows of a cleaning. */
export function cleaningReport({ recipe, kept, splits, funnel, samples, topics, ...summary }: CleanSummary): CleaningReport {
  const distributions = new Map(summary.distributions.map(({ rule, bins }) => [rule, bins]));
  const seen = new Set<string>();
  const rules = summary.rules.map(({ rule, sources, options }): RuleDetails => {
    // Samples are those of all entries of a rule, and stand with the first.
    const first = !seen.has(rule);
    seen.add(rule);
    const own = first ? (samples.byRule[rule] ?? []) : [];
    const changes = own.flatMap(({ change }) => (change === null ? [] : [change]));
    return {
      rule,
      sources: sources ?? null,
      change: stringify({ change: { [rule]: Object.keys(options).length === 0 ? false : options } }).trimEnd(),
      bins: first ? (distributions.get(rule) ?? []) : [],
      dropped: own.filter(({ change }) => change === null).map(reportPair),
      near: first ? (samples.near[rule] ?? []).map(reportPair) : [],
      changes,
    };
  });
  return {
    kept,
    splits: Object.entries(splits).map(([split, pairs]) => ({ split, pairs })),
    funnel: funnel.filter(({ unit }) => unit === 'pair'),
    keptSamples: samples.kept.map(reportPair),
    // They stand with their rules.
    droppedSamples: [],
    recipe,
    rules,
    topics,
  };
}

function reportPair({ thumbnail, beside, text, cleaned, source, score }: Sample): ReportPair {
  const after = cleaned === null || cleaned === text ? [] : [{ kind: 'cleaned', text: cleaned }];
  return {
    thumbnail,
    ...(beside === undefined ? {} : { beside }),
    texts: text === '' ? [] : [{ kind: after.length > 0 ? 'found' : 'text', text }, ...after],
    source,
    note: score === null ? null : `measured ${Number(score.toPrecision(3))}`,
  };
}
