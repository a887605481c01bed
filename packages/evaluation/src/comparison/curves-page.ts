import { html } from '../report/html.ts';
import { PAGE_STYLE } from './page-style.ts';
import { type Series, seriesChart } from './series-chart.ts';

/** One plot of a {@link curvesPage}. */
export interface CurvesChart {
  readonly title: string;
  /** What the axes measure. */
  readonly x: string;
  readonly y: string;
  readonly series: readonly Series[];
}

/** Charts of one page. */
export interface CurvesPage {
  readonly title: string;
  /** Columns of a table above the plots, and its rows. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly charts: readonly CurvesChart[];
}

/** Plots of several runs over each other, as one page that needs no network and no script. */
export function curvesPage({ title, columns, rows, charts }: CurvesPage): string {
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
        <div class="scroll" tabindex="0" role="region" aria-label="Figures">
          <table>
            <thead>
              <tr>
                ${columns.map((name) => html`<th scope="col">${name}</th>`)}
              </tr>
            </thead>
            <tbody>
              ${rows.map(
                (row) =>
                  html`<tr>
                    ${row.map((text) => html`<td>${text}</td>`)}
                  </tr>`,
              )}
            </tbody>
          </table>
        </div>
        ${charts.map(({ series, ...options }) => seriesChart(series, options))}
      </body>
    </html> `;
  return page.markup;
}
