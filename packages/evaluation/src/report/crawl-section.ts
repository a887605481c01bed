import { formatNumber, formatShare } from './format.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { distinct, scrollTable, section, total } from './parts.ts';
import type { CrawlReport } from './run-report.ts';

/** Outcomes of a candidate, for readers who meet them first here. Rules and duplicates explain themselves by their argument. */
const MEANINGS: Record<string, string> = {
  ok: 'fetched and decoded',
  dns: 'the host name has no address',
  tcp: 'no connection',
  tls: 'no trusted connection',
  timeout: 'no answer in time',
  'too-slow': 'the transfer fell below the least speed',
  'too-big': 'more bytes than allowed',
  'http-4xx': 'refused or missing',
  'http-5xx': 'the server failed',
  'rate-limited': 'asked to slow down for too long',
  robots: 'robots.txt forbids it',
  'opt-out': 'the site opted out of such use',
  'redirect-loop': 'redirected too often',
  'not-image': 'something else than a picture',
  decode: 'the picture is damaged',
  placeholder: 'a stand-in for a missing picture',
  'hash-mismatch': 'other bytes than were listed',
  forgotten: 'removed on request',
  duplicate: 'a picture fetched before',
};

/** What became of every candidate, by source. */
export function crawlSection(crawl: CrawlReport): Html {
  const sources = distinct(crawl.outcomes, (row) => row.source);
  const all = total(crawl.outcomes, (row) => row.count);
  // `duplicate:ID` names another pair each time; here only the kind counts.
  const kind = (outcome: string): string => (outcome.startsWith('duplicate:') ? 'duplicate' : outcome);
  const rows = distinct(crawl.outcomes, (row) => kind(row.outcome))
    .map((outcome) => {
      const of = crawl.outcomes.filter((row) => kind(row.outcome) === outcome);
      return { outcome, of, count: total(of, (row) => row.count) };
    })
    .toSorted((a, b) => b.count - a.count);
  const most = Math.max(1, ...rows.map((row) => row.count));
  const lead = `${formatNumber(all)} candidate pictures on ${formatNumber(crawl.pages)} pages; every one has an outcome, whatever became of it.`;
  return section(
    'crawl',
    'Crawl',
    '抓取结果',
    lead,
    rows.length === 0 && html`<p class="empty">No candidates were found.</p>`,
    rows.length > 0 &&
      scrollTable(
        'Outcomes of candidates by source',
        'wide-only',
        html`<tr>
          <th scope="col">Outcome</th>
          <th scope="col" class="bar-head"><span class="hidden">Share</span></th>
          <th scope="col">All</th>
          <th scope="col">%</th>
          ${sources.map((source) => html`<th scope="col">${source}</th>`)}
        </tr>`,
        html`<tbody>
            ${rows.map(
              ({ outcome, of, count }) =>
                html`<tr>
                  <th scope="row">
                    <code>${outcome}</code>${MEANINGS[outcome] !== undefined && html`<small>${MEANINGS[outcome]}</small>`}
                  </th>
                  <td class="bar-cell">
                    <span
                      class="bar${outcome !== 'ok' && ' other'}"
                      style="width:${Math.round((1000 * count) / most) / 10}%"
                    ></span>
                  </td>
                  <td><b>${formatNumber(count)}</b></td>
                  <td>${formatShare(count, all)}</td>
                  ${sources.map(
                    (source) =>
                      html`<td>
                        ${formatNumber(
                          total(
                            of.filter((row) => row.source === source),
                            (row) => row.count,
                          ),
                        )}
                      </td>`,
                  )}
                </tr>`,
            )}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">all</th>
              <td class="bar-cell"></td>
              <td>${formatNumber(all)}</td>
              <td></td>
              ${sources.map(
                (source) =>
                  html`<td>
                    ${formatNumber(
                      total(
                        crawl.outcomes.filter((row) => row.source === source),
                        (row) => row.count,
                      ),
                    )}
                  </td>`,
              )}
            </tr>
          </tfoot>`,
      ),
    crawl.advice.length > 0 &&
      html`<h3>Advice <span class="zh" lang="zh-Hans">建议</span></h3>
        <ul class="advice">
          ${crawl.advice.map((sentence) => html`<li>${sentence}</li>`)}
        </ul>`,
  );
}
