import { html } from '../report/html.ts';
import type { Html } from '../report/html.ts';
import { type ComparedRun, type Comparison, summarizeRuns, type TrainingPoint } from './comparison.ts';
import { PAGE_STYLE } from './page-style.ts';
import { type Series, seriesChart } from './series-chart.ts';
import { columnsOf, digitsOf, figureText } from './table.ts';

/** A comparison as one page that needs no network and no script: table, plots, every condition in the footer. */
export function comparisonPage(comparison: Comparison): string {
  const { title, runs, missing, footer, published } = comparison;
  const systems = summarizeRuns(runs);
  const columns = columnsOf(systems);
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${title}</title>
        ${PAGE_STYLE}
      </head>
      <body>
        <h1>${title}</h1>
        <p>Mean over seeds [mean of the seeds’ bootstrap bounds] (lowest–highest seed). Recall in per cent.</p>
        <div class="scroll" tabindex="0" role="region" aria-label="Figures">
          <table>
            <thead>
              <tr>
                ${['system', 'condition', 'seeds', ...columns, 'steps', 'seconds', 'peak MB'].map((name) => html`<th scope="col">${name}</th>`)}
              </tr>
            </thead>
            <tbody>
              ${systems.map(
                (line) =>
                  html`<tr>
                    <td>${line.system}</td>
                    <td>${line.condition}</td>
                    <td>${line.seeds.join(' ')}</td>
                    ${columns.map((name) => html`<td>${figureText(line.figures.get(name), digitsOf(name))}</td>`)}
                    <td>${line.steps.toFixed(0)}</td>
                    <td>${line.seconds.toFixed(0)}</td>
                    <td>${line.peakMegabytes.toFixed(0)}</td>
                  </tr>`,
              )}
            </tbody>
            ${
              published.length > 0 &&
              html`<tbody class="published">
                ${published.map(
                  ({ system, figures, source, certainty, note }) =>
                    html`<tr>
                      <td>${system} (published)</td>
                      <td>${source}; ${certainty}${note === undefined ? '' : `; ${note}`}</td>
                      <td></td>
                      ${columns.map((name) => html`<td>${figures[name]?.toFixed(digitsOf(name)) ?? '–'}</td>`)}
                      <td></td>
                      <td></td>
                      <td></td>
                    </tr>`,
                )}
              </tbody>`
            }
          </table>
        </div>
        ${missing.length > 0 && html`<p>Not run: ${missing.join('; ')}.</p>`} ${recallPlots(runs)}
        <footer>
          <h2>Conditions</h2>
          <dl>
            ${Object.entries(footer).map(
              ([name, value]) =>
                html`<dt>${name}</dt>
                  <dd>${value}</dd>`,
            )}
          </dl>
        </footer>
      </body>
    </html>`;
  return page.markup;
}

function recallPlots(runs: readonly ComparedRun[]): Html[] {
  const nameOf = ({ system, condition }: ComparedRun): string => `${system}, ${condition}`;
  const curves = (pick: (run: ComparedRun) => readonly TrainingPoint[], x: 'step' | 'seconds'): Series[] =>
    firstSeeds(runs).map((run) => ({ name: nameOf(run), points: pick(run).map((point) => ({ x: point[x], y: point.value })) }));
  const grouped = (
    chosen: readonly ComparedRun[],
    name: (run: ComparedRun) => string,
    x: (run: ComparedRun) => number,
  ): Series[] => {
    const names = [...new Set(chosen.map(name))];
    return names.map((own) => ({
      name: own,
      points: chosen
        .filter((run) => name(run) === own)
        .map((run) => ({ x: x(run), y: run.retrieval.MR6 }))
        .toSorted((a, b) => a.x - b.x),
    }));
  };
  const ablation = runs.filter(({ queueSize }) => queueSize !== null);
  const main = runs.filter(({ queueSize }) => queueSize === null);
  const byK = (['i2t', 't2i'] as const).map((direction) =>
    seriesChart(
      summarizeRuns(main).flatMap((line) => {
        const points = [1, 5, 10].map((k) => ({ x: k, y: line.figures.get(`${direction} R@${k}`)?.mean ?? Number.NaN }));
        return [{ name: `${line.system}, ${line.condition}`, points }];
      }),
      { title: `R@K, ${direction}`, x: 'K', y: `${direction} recall, %` },
    ),
  );
  return [
    ...byK,
    seriesChart(
      curves(({ loss }) => loss, 'step'),
      { title: 'Loss by step (first seed)', x: 'step', y: 'loss of each objective' },
    ),
    seriesChart(
      curves(({ validation }) => validation, 'seconds'),
      {
        title: 'Recall by seconds of training (first seed)',
        x: 'seconds',
        y: 'R@10 on the validation split, %',
      },
    ),
    seriesChart(
      grouped(main, nameOf, ({ peakMegabytes }) => peakMegabytes),
      {
        title: 'Recall by memory',
        x: 'peak MB of the training process',
        y: 'mean recall (MR6), %',
        dots: true,
      },
    ),
    ...(ablation.length === 0
      ? []
      : [
          seriesChart(
            grouped(
              ablation,
              ({ condition }) => condition,
              ({ queueSize }) => queueSize!,
            ),
            {
              title: 'Recall by queue size',
              x: 'keys in the queue',
              y: 'mean recall (MR6), %',
            },
          ),
        ]),
  ];
}

/** Of each system under each condition the first run. */
function firstSeeds(runs: readonly ComparedRun[]): ComparedRun[] {
  const seen = new Set<string>();
  return runs.filter(({ system, condition }) => {
    const key = JSON.stringify([system, condition]);
    return !seen.has(key) && seen.add(key);
  });
}
