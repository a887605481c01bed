import { formatNumber, formatShare } from './format.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { distinct, pairGrid, scrollTable, section, total } from './parts.ts';
import type { CleaningReport, FunnelRow } from './run-report.ts';

/** The funnel by rule and source, as bars and as a table. */
export function cleaningSection(cleaning: CleaningReport): Html {
  const { funnel, splits } = cleaning;
  const rules = distinct(funnel, (row) => row.rule).map((rule) => ({ rule, rows: funnel.filter((row) => row.rule === rule) }));
  const sources = distinct(funnel, (row) => row.source);
  const entered = total(rules[0]?.rows ?? [], (row) => row.in);
  const lead =
    `${formatNumber(cleaning.kept)} pairs are kept` +
    (splits.length > 0 ? `: ${splits.map(({ split, pairs }) => `${split} ${formatNumber(pairs)}`).join(', ')}.` : '.') +
    ' Marginal loss is what a rule takes of the pairs that reach it, the rules before it being done.';
  if (rules.length === 0)
    return section('cleaning', 'Cleaning', '清洗漏斗', lead, html`<p class="empty">No rule was applied.</p>`);
  return section(
    'cleaning',
    'Cleaning',
    '清洗漏斗',
    lead,
    html`<ul class="legend">
      ${sources.map((source, i) => html`<li><i class="key series-${i % 6}" aria-hidden="true"></i>${source}</li>`)}
      <li><i class="key lost" aria-hidden="true"></i>lost to the rule</li>
    </ul>`,
    scrollTable(
      'Pairs that reach and pass each rule',
      'always',
      head('Rule', true),
      html`<tbody>
        ${rules.map(({ rule, rows }) => ruleRow(rule, rows, sources, entered))}
      </tbody>`,
    ),
    html`<details>
      <summary>The same by source <span lang="zh-Hans">按来源</span></summary>
      ${scrollTable(
        'Pairs that reach and pass each rule, by source',
        'always',
        html`<tr>
          <th scope="col">Rule</th>
          <th scope="col">Source</th>
          <th scope="col">In</th>
          <th scope="col">Out</th>
          <th scope="col">Marginal loss</th>
          <th scope="col">% of in</th>
        </tr>`,
        rules.map(
          ({ rule, rows }) =>
            html`<tbody>
              ${rows.map(
                (row, i) =>
                  html`<tr>
                    ${i === 0 && html`<th scope="rowgroup" rowspan="${rows.length}"><code>${rule}</code></th>`}
                    <td class="text">${row.source}</td>
                    ${counts(row)}
                  </tr>`,
              )}
            </tbody>`,
        ),
      )}
    </details>`,
  );
}

function head(first: string, bar: boolean): Html {
  return html`<tr>
    <th scope="col">${first}</th>
    ${bar && html`<th scope="col" class="bar-head"><span class="hidden">Share by source</span></th>`}
    <th scope="col">In</th>
    <th scope="col">Out</th>
    <th scope="col">Marginal loss</th>
    <th scope="col">% of in</th>
  </tr>`;
}

function ruleRow(rule: string, rows: readonly FunnelRow[], sources: readonly string[], entered: number): Html {
  const all = { in: total(rows, (row) => row.in), out: total(rows, (row) => row.out) };
  const width = (count: number): number => (entered > 0 ? Math.round((10_000 * count) / entered) / 100 : 0);
  return html`<tr>
    <th scope="row"><code>${rule}</code></th>
    <td class="bar-cell">
      <span class="stack"
        >${rows.map(
          (row) =>
            html`<span
              class="series-${sources.indexOf(row.source) % 6}"
              style="width:${width(row.out)}%"
              title="${row.source}: ${formatNumber(row.out)} pass"
            ></span>`,
        )}<span class="lost" style="width:${width(all.in - all.out)}%" title="lost: ${formatNumber(all.in - all.out)}"></span
      ></span>
    </td>
    ${counts(all)}
  </tr>`;
}

function counts(row: { in: number; out: number }): Html {
  const lost = row.in - row.out;
  return html`<td>${formatNumber(row.in)}</td>
    <td>${formatNumber(row.out)}</td>
    <td>${lost === 0 ? '0' : html`<b>−${formatNumber(lost)}</b>`}</td>
    <td>${formatShare(lost, row.in)}</td>`;
}

/** A seeded choice of what was kept, by source, and of what each rule dropped. */
export function samplesSection(cleaning: CleaningReport): Html {
  const { keptSamples, droppedSamples } = cleaning;
  const sources = distinct(keptSamples, (pair) => pair.source);
  return html`${section(
    'kept',
    'Kept pairs',
    '保留样本',
    'A seeded sample of the pairs that the model learns from, with every text of the picture by kind.',
    sources.length === 0 && html`<p class="empty">There are no samples of kept pairs.</p>`,
    sources.map((source) => {
      const pairs = keptSamples.filter((pair) => pair.source === source);
      return html`<h3>${source} <small>samples: ${formatNumber(pairs.length)}</small></h3>
        ${pairGrid(pairs, false)}`;
    }),
  )}
  ${
    (droppedSamples.length > 0 || cleaning.rules.length === 0) &&
    section(
      'dropped',
      'Dropped pairs',
      '剔除样本',
      'A seeded sample of what each rule took out: the place to see a rule that is too strict.',
      droppedSamples.length === 0 && html`<p class="empty">There are no samples of dropped pairs.</p>`,
      droppedSamples.map(
        ({ rule, pairs }) =>
          html`<h3><code>${rule}</code> <small>samples: ${formatNumber(pairs.length)}</small></h3>
            ${pairs.length === 0 ? html`<p class="empty">No samples were taken.</p>` : pairGrid(pairs, true)}`,
      ),
    )
  }`;
}
