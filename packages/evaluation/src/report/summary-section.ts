import { formatNumber, formatPercent, formatSeconds, formatShare, formatSmall } from './format.ts';
import { html } from './html.ts';
import type { Html, HtmlValue } from './html.ts';
import { total } from './parts.ts';
import type { RunReport, StageTime } from './run-report.ts';

/** The figures that one looks for first. Tiles of stages that were not run are left out. */
export function summarySection(report: RunReport): Html {
  const { crawl, cleaning, evaluation, peakRssMegabytes, stages } = report;
  const candidates = crawl && total(crawl.outcomes, (row) => row.count);
  // Where R@10 was not asked for, the largest K that was.
  const mean =
    evaluation && (evaluation.retrieval.mean.find((entry) => entry.k === 10) ?? evaluation.retrieval.mean.at(-1) ?? null);
  return html`<section id="summary" aria-labelledby="summary-title">
    <h2 id="summary-title" class="hidden">Summary <span lang="zh-Hans">概览</span></h2>
    <ul class="tiles">
      ${
        mean &&
        tile(`Mean R@${mean.k}`, '双向平均召回率', formatPercent(mean.percent), [
          html`<b>${formatSmall(mean.timesChance)} × chance</b> (${formatPercent(mean.chance, 2)})`,
          mean.interval && html`<br />interval ${formatPercent(mean.interval.low)} to ${formatPercent(mean.interval.high)}`,
        ])
      }
      ${
        crawl &&
        candidates !== null &&
        tile('Candidates', '候选图片', formatNumber(candidates), `pictures found on ${formatNumber(crawl.pages)} pages`)
      }
      ${
        cleaning &&
        tile(
          'Kept',
          '保留图文对',
          formatNumber(cleaning.kept),
          candidates === null ? 'pairs after cleaning' : `pairs, ${formatShare(cleaning.kept, candidates)} of the candidates`,
        )
      }
      ${
        evaluation &&
        tile(
          'Gallery',
          '检索库',
          formatNumber(evaluation.retrieval.conditions.texts),
          `texts, for ${formatNumber(evaluation.retrieval.conditions.images)} held-out pictures`,
        )
      }
      ${peakRssMegabytes !== null && tile('Peak memory', '内存峰值', html`${formatNumber(peakRssMegabytes)} <small>MB</small>`, 'resident set of the process')}
      ${stages.length > 0 && stagesTile(stages)}
    </ul>
  </section>`;
}

function tile(label: string, labelZh: string, value: HtmlValue, note: HtmlValue): Html {
  return html`<li class="tile">
    <h3>${label} <span class="zh" lang="zh-Hans">${labelZh}</span></h3>
    <p class="figure">${value}</p>
    <p class="note">${note}</p>
  </li>`;
}

function stagesTile(stages: readonly StageTime[]): Html {
  const seconds = total(stages, (stage) => stage.seconds);
  const share = (stage: StageTime): number => (seconds > 0 ? Math.round((1000 * stage.seconds) / seconds) / 10 : 0);
  return html`<li class="tile wide">
    <h3>Time <span class="zh" lang="zh-Hans">各阶段用时</span></h3>
    <p class="figure">${formatSeconds(seconds)}</p>
    <div class="stages" aria-hidden="true">
      ${stages.map((stage, i) => html`<span class="series-${i % 6}" style="flex-grow:${share(stage)}"></span>`)}
    </div>
    <ul class="legend">
      ${stages.map(
        (stage, i) =>
          html`<li>
            <i class="key series-${i % 6}" aria-hidden="true"></i>${stage.stage} <b>${formatSeconds(stage.seconds)}</b>
          </li>`,
      )}
    </ul>
  </li>`;
}
