import type { DirectionResult, RecallAtK, RetrievalResult } from '../retrieval-result.ts';
import { formatNumber, formatPercent, formatRank, formatSmall } from './format.ts';
import { html } from './html.ts';
import type { Html, HtmlValue } from './html.ts';
import { scrollTable, section } from './parts.ts';
import { factList } from './training-section.ts';

/** Recall in both directions and its mean, with all that one must know to compare it. */
export function recallSection(result: RetrievalResult): Html {
  const { i2t, t2i, mean, conditions } = result;
  const withInterval = conditions.interval !== null;
  const ranks = (direction: DirectionResult, gallery: string): Html =>
    html`<small
      >${formatNumber(direction.queries)} queries, gallery of ${formatNumber(direction.gallery)} ${gallery}<br />median rank
      <b>${formatRank(direction.medianRank)}</b>, mean ${formatNumber(direction.meanRank, 1)}<br />MR of 3:
      ${formatPercent(direction.MR3)}</small
    >`;
  return section(
    'recall',
    'Retrieval',
    '跨模态检索',
    html`MR of 6: ${formatPercent(result.MR6)}, Rsum ${formatNumber(result.Rsum, 1)}.<span class="bar-note">
        In the bars the notch is chance, the bracket the interval.</span
      >`,
    scrollTable(
      'Recall at K on held-out pairs',
      'wide-only',
      html`<tr>
        <th scope="col">Direction</th>
        <th scope="col">K</th>
        <th scope="col" class="bar-head"><span class="hidden">Bar</span></th>
        <th scope="col">R@K</th>
        ${conditions.interval && html`<th scope="col">${formatNumber(100 * conditions.interval.confidence)}% interval</th>`}
        <th scope="col">Chance</th>
        <th scope="col">× chance</th>
      </tr>`,
      [
        group('Image → text', '以图搜文', ranks(i2t, 'texts'), i2t.recall, withInterval),
        group('Text → image', '以文搜图', ranks(t2i, 'images'), t2i.recall, withInterval),
        group('Mean of both', '双向平均', null, mean, withInterval),
      ],
    ),
    conditionsFooter(result),
  );
}

function group(title: string, titleZh: string, note: HtmlValue, recall: readonly RecallAtK[], withInterval: boolean): Html {
  return html`<tbody>
    ${recall.map(
      (entry, i) =>
        html`<tr>
          ${i === 0 && html`<th scope="rowgroup" rowspan="${recall.length}">${title} <span class="zh" lang="zh-Hans">${titleZh}</span>${note}</th>`}
          <th scope="row" class="k">${entry.k}</th>
          <td class="bar-cell">${recallBar(entry)}</td>
          <td><b>${formatPercent(entry.percent)}</b></td>
          ${withInterval && html`<td>${entry.interval ? `${formatPercent(entry.interval.low)} – ${formatPercent(entry.interval.high)}` : '–'}</td>`}
          <td>${formatPercent(entry.chance, 2)}</td>
          <td>${formatSmall(entry.timesChance)}</td>
        </tr>`,
    )}
  </tbody>`;
}

function recallBar({ percent, interval, chance }: RecallAtK): Html {
  const at = (value: number): number => Math.round(value * 100) / 100;
  return html`<span class="recall-bar"
    ><span class="bar" style="width:${at(percent)}%"></span>${
      interval && html`<span class="whisker" style="left:${at(interval.low)}%;width:${at(interval.high - interval.low)}%"></span>`
    }<span class="chance" style="left:${at(chance)}%"></span
  ></span>`;
}

function conditionsFooter({ conditions, i2t, t2i }: RetrievalResult): Html {
  const { interval } = conditions;
  const facts = [
    { label: 'Image → text', value: conditions.directions.i2t },
    { label: 'Text → image', value: conditions.directions.t2i },
    { label: 'Captions', value: conditions.captionPolicy },
    { label: 'Recall', value: conditions.recallRule },
    {
      label: 'Right answers',
      value:
        `${formatNumber(conditions.relevantPairs)} pairs; most texts of an image ${formatNumber(conditions.mostRightAnswers.i2t)}, ` +
        `most images of a text ${formatNumber(conditions.mostRightAnswers.t2i)}; images without a text ${formatNumber(conditions.imagesWithoutText)}`,
    },
    {
      label: 'Ties',
      value: `${conditions.tieRule}; it mattered for ${formatNumber(i2t.tiedQueries)} image and ${formatNumber(t2i.tiedQueries)} text queries`,
    },
    {
      label: 'Score',
      value: conditions.dim === null ? conditions.score : `${conditions.score}; ${formatNumber(conditions.dim)} components`,
    },
    { label: 'Chance', value: conditions.chance },
    {
      label: 'Interval',
      value:
        interval === null
          ? 'not computed'
          : `${interval.method}: ${formatNumber(interval.resamples)} resamples of ${formatNumber(interval.groups)} groups, seed ${interval.seed}`,
    },
    ...Object.entries(conditions.notes).map(([label, value]) => ({ label, value })),
  ];
  return html`<h3>Conditions <span class="zh" lang="zh-Hans">评测条件</span></h3>
    ${factList(facts)}`;
}
