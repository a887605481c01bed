// @ts-check
import { html, nothing } from '/vendor/lit-html.js';
import uPlot from '/vendor/uplot.js';
import { get } from './api.js';
import { formatValue, say } from './messages.js';

const REFRESH_MILLIS = 3000;
const COLOURS = ['#b3261e', '#1565c0', '#2e7d32', '#8e24aa', '#ef6c00', '#00838f'];
const HEIGHT = 340;

/** Curves of several runs over each other, drawn again while they train. @param {import('./main.js').StudioContent} content @param {() => void} redraw */
export function runsView(content, redraw) {
  const chosen = new Set(content.runs);
  let curve = 'loss';
  /** @type {Map<string, Record<string, { steps: number[], values: number[] }>>} */
  const metrics = new Map();
  /** @type {Map<string, number[]>} */
  const resumePoints = new Map();
  /** @type {FigureTable[]} */
  let tables = [];
  /** @type {uPlot | undefined} */
  let plot;
  let refusal = '';
  let left = false;

  async function load() {
    if (left) return;
    try {
      const [read, ...loaded] = await Promise.all([
        get('/api/tables'),
        ...content.runs.map((run) => get(`/api/runs/${encodeURIComponent(run)}/metrics`)),
      ]);
      tables = read.tables;
      for (const { run, columns, resumePoints: steps } of loaded) {
        metrics.set(run, columns);
        resumePoints.set(run, steps);
      }
      refusal = '';
    } catch (error) {
      refusal = /** @type {Error} */ (error).message;
    }
    if (left) return;
    redraw();
    drawPlot();
    setTimeout(() => void load(), REFRESH_MILLIS);
  }

  function drawPlot() {
    const place = document.querySelector('.plot');
    if (place === null) return;
    const runs = content.runs.filter((run) => chosen.has(run) && metrics.get(run)?.[curve] !== undefined);
    const tables = runs.flatMap((run) => {
      const column = metrics.get(run)?.[curve];
      return column === undefined ? [] : [/** @type {uPlot.AlignedData} */ ([column.steps, column.values])];
    });
    const data = tables.length === 0 ? /** @type {uPlot.AlignedData} */ ([[]]) : uPlot.join(tables);
    const ink = getComputedStyle(document.body).color;
    plot?.destroy();
    plot = new uPlot(
      {
        width: place.clientWidth,
        height: HEIGHT,
        scales: { x: { time: false } },
        axes: [
          { label: say('step'), stroke: ink },
          { label: curve, stroke: ink },
        ],
        series: [
          { label: say('step') },
          ...runs.map((run, index) => ({
            label: run,
            stroke: COLOURS[index % COLOURS.length] ?? ink,
            width: 1.6,
            spanGaps: true,
          })),
        ],
      },
      data,
      /** @type {HTMLElement} */ (place),
    );
  }

  /** @param {string} run @param {Event} event */
  function toggle(run, event) {
    if (/** @type {HTMLInputElement} */ (event.target).checked) chosen.add(run);
    else chosen.delete(run);
    drawPlot();
  }

  void load();

  return {
    leave: () => {
      left = true;
      plot?.destroy();
    },
    draw: () => {
      if (content.runs.length === 0)
        return html`<p>${say('noRuns')}</p>
          ${tables.map(tableView)}`;
      const curves = [...new Set([...metrics.values()].flatMap((columns) => Object.keys(columns)))].sort();
      return html`
        <section class="runs" aria-label=${say('runs')}>
          ${refusal === '' ? nothing : html`<p class="refusal" role="alert">${refusal}</p>`}
          <div class="bar">
            <label class="field">
              <span>${say('curve')}</span>
              <select
                @change=${(/** @type {Event} */ event) => {
                  curve = /** @type {HTMLSelectElement} */ (event.target).value;
                  redraw();
                  drawPlot();
                }}
              >
                ${curves.map((name) => html`<option ?selected=${name === curve}>${name}</option>`)}
              </select>
            </label>
            ${content.runs.map(
              (run) =>
                html`<label class="choice">
                  <input
                    type="checkbox"
                    ?checked=${chosen.has(run)}
                    @change=${(/** @type {Event} */ event) => toggle(run, event)}
                  />
                  <span>${run}</span>
                </label>`,
            )}
          </div>
          <div class="plot" role="img" aria-label="${curve}: ${[...chosen].join(', ')}"></div>
          ${lastFigures(curves)} ${tables.map(tableView)}
        </section>
      `;
    },
  };

  /** @param {string[]} curves */
  function lastFigures(curves) {
    return html`<table>
      <thead>
        <tr>
          <th scope="col">${say('curve')}</th>
          ${content.runs.map((run) => html`<th scope="col" class="number">${run}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${curves.map(
          (name) =>
            html`<tr>
              <th scope="row">${name}</th>
              ${content.runs.map((run) => {
                const last = metrics.get(run)?.[name]?.values.at(-1);
                return html`<td class="number">${last === undefined ? '–' : formatValue(name, last)}</td>`;
              })}
            </tr>`,
        )}
        <tr>
          <th scope="row">${say('resumePoints')}</th>
          ${content.runs.map((run) => html`<td class="number">${resumePoints.get(run)?.join(', ') || '–'}</td>`)}
        </tr>
      </tbody>
    </table>`;
  }
}

/**
 * Lines of figures under each other, the best of a column in bold.
 * @typedef {{ value: number, low?: number, high?: number }} Figure
 * @typedef {{ title: string, columns: string[], lines: { name: string, figures: Record<string, Figure> }[], notes: Record<string, string> }} FigureTable
 * @param {FigureTable} table
 */
function tableView({ title, columns, lines, notes }) {
  /** @param {string} column */
  const best = (column) => Math.max(...lines.map(({ figures }) => figures[column]?.value ?? -Infinity));
  return html`<section class="figures">
    <h2>${title}</h2>
    <div class="scroll" tabindex="0" role="region" aria-label=${title}>
      <table>
        <caption>
          ${say('figures')}
        </caption>
        <thead>
          <tr>
            <td></td>
            ${columns.map((column) => html`<th scope="col" class="number">${column}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${lines.map(
            ({ name, figures }) =>
              html`<tr>
                <th scope="row">${name}</th>
                ${columns.map((column) => figureCell(figures[column], lines.length > 1 && figures[column]?.value === best(column)))}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <details>
      <summary>${say('conditions')}</summary>
      <dl class="facts">
        ${Object.entries(notes).map(
          ([name, note]) =>
            html`<dt>${name}</dt>
              <dd>${note}</dd>`,
        )}
      </dl>
    </details>
  </section>`;
}

/** @param {Figure | undefined} figure @param {boolean} isBest */
function figureCell(figure, isBest) {
  if (figure === undefined) return html`<td class="number">–</td>`;
  const value = figure.value.toFixed(1);
  return html`<td class="number">
    ${isBest ? html`<strong>${value}</strong>` : value}
    ${figure.low === undefined ? nothing : html`<small>(${figure.low.toFixed(1)}–${figure.high?.toFixed(1)})</small>`}
  </td>`;
}
