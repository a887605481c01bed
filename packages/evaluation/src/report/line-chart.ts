import { formatNumber, formatValue } from './format.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import type { CurvePoint } from './run-report.ts';

interface ChartOptions {
  /** Unique on the page. */
  readonly id: string;
  readonly title: string;
  readonly titleZh: string;
  /** Draws the points pale and a smoothed line over them, as befits a loss; otherwise the points are the line. */
  readonly smooth: boolean;
}

/** The plot's own units; the page stretches it to the width there is. */
const WIDTH = 1000;
const HEIGHT = 400;
const MOST_COLUMNS = 300;
const MOST_HOVERS = 60;
const MOST_DOTS = 40;

/** A line over steps, with axes, hover titles and its numbers in a table below. Points that are no numbers are left out and counted. */
export function lineChart(all: readonly CurvePoint[], options: ChartOptions): Html {
  const points = all.filter((point) => Number.isFinite(point.value) && Number.isFinite(point.step));
  const missing = all.length - points.length;
  const heading = html`<h3 id="${options.id}">${options.title} <span class="zh" lang="zh-Hans">${options.titleZh}</span></h3>`;
  const missingNote =
    missing > 0 &&
    html`<p class="note">${formatNumber(missing)} of ${formatNumber(all.length)} points are no numbers and are left out.</p>`;
  if (points.length === 0)
    return html`<figure class="chart">
      ${heading}
      <p class="empty">No points were written.</p>
      ${missingNote}
    </figure>`;

  const reach = Math.ceil(points.length / 60);
  const smoothed = options.smooth ? movingMean(points, reach) : points;
  const values = points.map((point) => point.value);
  const yTicks = niceTicks(min(values), max(values), 5);
  const first = points[0]!.step;
  const last = points.at(-1)!.step;
  const xTicks = niceTicks(first, last, 5).filter((tick) => tick >= first && tick <= last);
  const x = (step: number): number => (last > first ? (step - first) / (last - first) : 0.5);
  const [bottom, top] = [yTicks[0]!, yTicks.at(-1)!];
  const y = (value: number): number => (top > bottom ? 1 - (value - bottom) / (top - bottom) : 0.5);
  const path = (line: readonly CurvePoint[]): string =>
    line.map((point, i) => `${i === 0 ? 'M' : 'L'}${round(x(point.step) * WIDTH)} ${round(y(point.value) * HEIGHT)}`).join('');

  // Round ends of lines without length: circles that the stretched plot does not squeeze.
  const dots =
    options.smooth || points.length > MOST_DOTS
      ? ''
      : points.map((point) => `M${round(x(point.step) * WIDTH)} ${round(y(point.value) * HEIGHT)}h0`).join('');
  const hovers = pickEvenly(
    points.map((point, i) => ({ step: point.step, value: point.value, smoothed: smoothed[i]!.value })),
    MOST_HOVERS,
  );
  const start = smoothed[0]!.value;
  const end = smoothed.at(-1)!.value;
  const summary =
    `${options.title}: ${formatNumber(points.length)} points from step ${formatNumber(first)} to ${formatNumber(last)}, ` +
    `from ${formatValue(start)} to ${formatValue(end)}${options.smooth ? ' (smoothed)' : ''}.`;
  return html`<figure class="chart" aria-labelledby="${options.id}">
    ${heading}
    <div class="plot">
      <div class="y-axis" aria-hidden="true">
        ${yTicks.map((tick) => html`<span style="top:${round(100 * y(tick))}%">${formatTick(tick, yTicks)}</span>`)}
      </div>
      <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${summary}">
        ${yTicks.map((tick) => html`<line class="grid" x1="0" x2="${WIDTH}" y1="${round(y(tick) * HEIGHT)}" y2="${round(y(tick) * HEIGHT)}" />`)}
        ${options.smooth && html`<path class="raw" d="${path(envelope(points, MOST_COLUMNS))}" />`}
        <path class="line" d="${path(envelope(smoothed, MOST_COLUMNS))}" />
        ${dots !== '' && html`<path class="dots" d="${dots}" />`}
        ${hovers.map((hover, i) => {
          const left = i === 0 ? 0 : (x(hovers[i - 1]!.step) + x(hover.step)) / 2;
          const right = i === hovers.length - 1 ? 1 : (x(hover.step) + x(hovers[i + 1]!.step)) / 2;
          const label = `step ${formatNumber(hover.step)}: ${formatValue(hover.value)}${options.smooth ? `, smoothed ${formatValue(hover.smoothed)}` : ''}`;
          return html`<rect
            class="hit"
            x="${round(left * WIDTH)}"
            width="${round((right - left) * WIDTH)}"
            y="0"
            height="${HEIGHT}"
            ><title>${label}</title></rect
          >`;
        })}
      </svg>
      <div class="x-axis" aria-hidden="true">
        <span class="axis-name">step</span>
        ${xTicks.map((tick) => html`<span style="left:${round(100 * x(tick))}%">${formatTick(tick, xTicks)}</span>`)}
      </div>
    </div>
    <figcaption>
      ${options.smooth ? `Pale: every step. Bold: mean of ${formatNumber(2 * reach + 1)} points around it. ` : ''}${summary}
    </figcaption>
    ${missingNote}
    <details>
      <summary>Numbers of this curve</summary>
      <div class="scroll" tabindex="0" role="region" aria-label="${options.title}, numbers">
        <table class="narrow">
          <caption class="hidden">
            ${options.title} by step
          </caption>
          <thead>
            <tr>
              <th scope="col">step</th>
              <th scope="col">value</th>
              ${options.smooth && html`<th scope="col">smoothed</th>`}
            </tr>
          </thead>
          <tbody>
            ${hovers.map(
              (hover) =>
                html`<tr>
                  <th scope="row">${formatNumber(hover.step)}</th>
                  <td>${formatValue(hover.value)}</td>
                  ${options.smooth && html`<td>${formatValue(hover.smoothed)}</td>`}
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </details>
  </figure>`;
}

/** Mean of each point and up to `reach` points on either side, of which the ends have fewer. */
function movingMean(points: readonly CurvePoint[], reach: number): CurvePoint[] {
  const sums = new Float64Array(points.length + 1);
  points.forEach((point, i) => {
    sums[i + 1] = sums[i]! + point.value;
  });
  return points.map(({ step }, i) => {
    const from = Math.max(0, i - reach);
    const to = Math.min(points.length, i + reach + 1);
    return { step, value: (sums[to]! - sums[from]!) / (to - from) };
  });
}

/** Of each column the lowest and the highest point, in their order, so that peaks survive. */
function envelope(points: readonly CurvePoint[], columns: number): readonly CurvePoint[] {
  if (points.length <= 2 * columns) return points;
  return Array.from({ length: columns }, (_, column) => {
    const part = points.slice(
      Math.floor((column * points.length) / columns),
      Math.floor(((column + 1) * points.length) / columns),
    );
    const low = part.reduce((a, b) => (b.value < a.value ? b : a));
    const high = part.reduce((a, b) => (b.value > a.value ? b : a));
    return low.step < high.step ? [low, high] : [high, low];
  }).flat();
}

/** At most `count` items, the first and the last among them. */
function pickEvenly<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items];
  return Array.from({ length: count }, (_, i) => items[Math.round((i * (items.length - 1)) / (count - 1))]!);
}

/** Multiples of 1, 2 or 5 times a power of ten that enclose the range. */
function niceTicks(low: number, high: number, about: number): number[] {
  const range = high > low ? high - low : Math.abs(high) || 1;
  const rough = range / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.floor(low / step);
  const last = Math.max(first + 1, Math.ceil(high / step));
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}

function formatTick(tick: number, ticks: readonly number[]): string {
  const step = ticks.length > 1 ? ticks[1]! - ticks[0]! : 1;
  const digits = Math.min(3, Math.max(0, -Math.floor(Math.log10(step) + 1e-9))) as 0 | 1 | 2 | 3;
  return formatNumber(tick, digits);
}

function min(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b), Infinity);
}

function max(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b), -Infinity);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
