import { changedSpans } from './changed-spans.ts';
import { formatNumber, formatShare, formatValue } from './format.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { pairGrid, section, total, webText } from './parts.ts';
import type { CleaningReport, RuleDetails } from './run-report.ts';

/** For each rule: its thresholds and how to change them, what it measured, what it dropped or changed and what it nearly dropped. */
export function rulesSection({ rules, recipe }: CleaningReport): Html | null {
  if (rules.length === 0) return null;
  return section(
    'rules',
    'Rules one by one',
    '逐条规则',
    'Open a rule to see what it measured, a seeded sample of what it dropped or changed, and of what it kept by a narrow margin.',
    html`<p class="note">
        To try another threshold, write it into a recipe and let the stored scores be judged anew, which takes seconds:
      </p>
      <pre class="recipe"><code>extends: ${recipe ?? 'default'}
change:
  RULE: { OPTION: VALUE }</code></pre>
      <pre
        class="recipe"
      ><code>wenlan clean DATASET --retune --recipe my-recipe.yaml              # only says what would come of it
wenlan clean DATASET --retune --recipe my-recipe.yaml --out OTHER  # writes it</code></pre>`,
    rules.map(
      (rule) =>
        html`<details class="rule">
          <summary>
            <code>${rule.rule}</code>
            ${rule.sources !== null && html` <small>${rule.sources.join(', ')}</small>`}
            <small>${ruleNote(rule)}</small>
          </summary>
          <pre class="recipe"><code>${rule.change}</code></pre>
          ${rule.bins.length > 0 && distribution(rule)}
          ${
            rule.changes.length > 0 &&
            html`<h3>Changed <span lang="zh-Hans">改写</span></h3>
              <ul class="changes">
                ${rule.changes.map((change) => html`<li>${diff(change)}</li>`)}
              </ul>`
          }
          ${
            rule.dropped.length > 0 &&
            html`<h3>Dropped <span lang="zh-Hans">剔除</span></h3>
              ${pairGrid(rule.dropped, true)}`
          }
          ${
            rule.near.length > 0 &&
            html`<h3>Nearly dropped <span lang="zh-Hans">险些剔除</span></h3>
              ${pairGrid(rule.near, true)}`
          }
          ${rule.dropped.length + rule.near.length + rule.changes.length === 0 && html`<p class="empty">Nothing to show.</p>`}
        </details>`,
    ),
  );
}

function ruleNote({ dropped, near, changes }: RuleDetails): string {
  const parts = [
    [changes.length, 'changed'],
    [dropped.length, 'dropped'],
    [near.length, 'nearly dropped'],
  ] as const;
  return parts
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${count} ${what}`)
    .join(', ');
}

/** What was taken out and what was put in, marked. */
function diff([before, after]: readonly [string, string]): Html {
  return html`${changedSpans(before, after).map(({ text, kind }) =>
    kind === 'same' ? webText(text) : kind === 'removed' ? html`<del>${webText(text)}</del>` : html`<ins>${webText(text)}</ins>`,
  )}`;
}

function distribution({ rule, bins }: RuleDetails): Html {
  const all = total(bins, ([, count]) => count);
  const most = Math.max(...bins.map(([, count]) => count));
  return html`<figure>
    <figcaption>What ${rule} measured: ${formatNumber(all)} times</figcaption>
    <ol class="bins">
      ${bins.map(
        ([from, count]) =>
          html`<li title="from ${formatValue(from)}: ${formatNumber(count)} (${formatShare(count, all)})">
            <i style="height:${Math.max(2, Math.round((56 * count) / most))}px"></i><span>${shortNumber(from)}</span>
          </li>`,
      )}
    </ol>
  </figure>`;
}

function shortNumber(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6) return `${Number((value / 1e6).toPrecision(2))}M`;
  return size >= 1e4 ? `${Number((value / 1e3).toPrecision(2))}k` : String(Number(value.toPrecision(2)));
}

/** The words that stand out in each source. */
export function topicsSection({ topics }: CleaningReport): Html | null {
  if (topics.length === 0) return null;
  return section(
    'topics',
    'Topics by source',
    '各来源主题',
    'Words that the kept texts of a source have more often than those of the others; the number is that of the texts with it.',
    topics.map(
      ({ source, texts, words }) =>
        html`<h3>${source} <small>texts looked at: ${formatNumber(texts)}</small></h3>
          ${words.length === 0 && html`<p class="empty">No word stands out.</p>`}
          <ul class="words">
            ${words.map(({ word, count }) => html`<li>${webText(word)} <small>${formatNumber(count)}</small></li>`)}
          </ul>`,
    ),
  );
}
