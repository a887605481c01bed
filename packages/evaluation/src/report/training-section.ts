import { html } from './html.ts';
import type { Html } from './html.ts';
import { lineChart } from './line-chart.ts';
import { section } from './parts.ts';
import type { Fact, TrainingReport } from './run-report.ts';

/** Loss by step, and the validation curve if there is one. */
export function trainingSection(training: TrainingReport): Html {
  const { loss, validation } = training;
  return section(
    'training',
    'Training',
    '训练',
    'The contrastive loss of both directions by step' + (validation ? ', and what was measured on the validation split.' : '.'),
    factList(training.facts),
    html`<div class="charts">
      ${lineChart(loss, { id: 'loss-chart', title: 'Loss', titleZh: '损失曲线', smooth: true })}
      ${validation && lineChart(validation.points, { id: 'validation-chart', title: validation.label, titleZh: '验证曲线', smooth: false })}
    </div>`,
  );
}

/** Labels with their values; nothing for none. */
export function factList(facts: readonly Fact[]): Html | null {
  if (facts.length === 0) return null;
  return html`<dl class="facts">
    ${facts.map(
      ({ label, value }) =>
        html`<div>
          <dt>${label}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}
