// @ts-check
import { html } from '/vendor/lit-html.js';
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
  /** @type {uPlot | undefined} */
  let plot;
  let left = false;

  async function load() {
    if (left) return;
    const loaded = await Promise.all(
      content.runs.map(
        async (run) => /** @type {const} */ ([run, (await get(`/api/runs/${encodeURIComponent(run)}/metrics`)).columns]),
      ),
    );
    if (left) return;
    for (const [run, columns] of loaded) metrics.set(run, columns);
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
      if (content.runs.length === 0) return html`<p>${say('noRuns')}</p>`;
      const curves = [...new Set([...metrics.values()].flatMap((columns) => Object.keys(columns)))].sort();
      return html`
        <section class="runs" aria-label=${say('runs')}>
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
          ${lastFigures(curves)}
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
      </tbody>
    </table>`;
  }
}
