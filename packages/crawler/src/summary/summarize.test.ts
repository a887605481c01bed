import type { Totals } from '@wenlan/shards';
import { describe, expect, it } from 'vitest';
import { emptyState } from '../frontier/frontier-state.ts';
import type { SourceState } from '../frontier/frontier-state.ts';
import { silences } from './advice.ts';
import type { SourceProgress } from './advice.ts';
import { summarize } from './summarize.ts';

const source = (name: string, state: Partial<SourceState>, maxPages = 100): SourceProgress => ({
  name,
  maxPages,
  state: { ...emptyState('', 1).sources[0]!, ...state },
});
const totals = (byOutcome: Record<string, number>): Totals => ({
  rows: Object.values(byOutcome).reduce((sum, count) => sum + count, 0),
  byOutcome,
  bySource: {},
  bySplit: {},
});
const SILENT = source('quiet', { pages: { dns: 2 }, failedSeed: { url: 'http://q.test/', outcome: 'dns', detail: 'ENOTFOUND' } });

describe(summarize, () => {
  it('counts pages and failures', () => {
    const failures = Array.from({ length: 30 }, (_, index) => ({
      tick: 0,
      host: `${index % 12}.test`,
      outcome: index % 12 < 6 ? 'tcp' : 'timeout',
    }));
    const sources = [
      source('a', { head: 3, rows: 9, outcomes: { ok: 7, duplicate: 2 }, pages: { ok: 2, tcp: 1 } }),
      source('b', { head: 1, rows: 1, pages: { ok: 1 } }),
    ];
    const summary = summarize(sources, totals({ ok: 10 }), failures);
    expect(summary).toMatchObject({
      candidates: 10,
      bySource: { a: 9, b: 1 },
      bySourceAndOutcome: { a: { ok: 7, duplicate: 2 }, b: {} },
      pages: 4,
      pagesByOutcome: { ok: 3, tcp: 1 },
      advice: [],
    });
    expect(summary.failingHosts).toHaveLength(10);
    expect(summary.failingHosts.slice(0, 2)).toEqual([
      { host: '0.test', outcome: 'tcp', count: 3 },
      { host: '1.test', outcome: 'tcp', count: 3 },
    ]);
  });

  it('advises', () => {
    const outcomes = { ok: 80, duplicate: 9, 'rate-limited': 7, 'not-image': 20, timeout: 2, 'filtered:private-address': 10 };
    const sources = [
      SILENT,
      source('full', { head: 7, tail: 7, rows: 3, pages: { ok: 7 } }, 7),
      source('bare', { head: 5, tail: 5, pages: { ok: 5 } }),
      source('fine', { head: 5, tail: 5, rows: 5, outcomes, pages: { ok: 5 } }),
    ];
    expect(summarize(sources, totals({ ok: 80, other: 48 }), []).advice).toEqual([
      'No page of the source "quiet" could be read: http://q.test/ gave dns (ENOTFOUND); check the spelling of the host, and that this machine can resolve names.',
      'The source "full" has reached its maxPages, 7; raise it to follow the links that are left.',
      'The source "bare" shows no picture on 5 pages; check its seeds and its kind.',
      '20 of 128 pictures gave not-image; their servers answer something else than a picture, often a login or a notice; open one in a browser, or send another Referer by an adapter.',
      '10 of 128 pictures gave filtered:private-address; if the network is yours, name its range in allowAddresses or by --allow-address (127.0.0.0/8 for this machine).',
      '7 of 128 pictures gave rate-limited; the site was asked too often; lower perHost.requestsPerSecond and perHost.concurrency.',
    ]);
  });
});

it('silent are sources without a page', () => {
  expect(silences([SILENT, source('a', { pages: { ok: 1 } })])).toHaveLength(1);
  expect(silences([source('none', {})])).toEqual(['The source "none" has no page; check its seeds.']);
});
