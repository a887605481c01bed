import { formatValue } from '../report/format.ts';
import { html } from '../report/html.ts';
import type { Html } from '../report/html.ts';

/** A named curve. */
export interface Series {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface SeriesChartOptions {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  /** Draws points without lines between them. */
  readonly dots?: boolean;
}

const [WIDTH, HEIGHT, LEFT, BOTTOM] = [640, 300, 56, 40];
/** Told apart by most kinds of colour blindness (Okabe and Ito 2008). */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000'];

/** Several lines over one axis, with a legend and the numbers in titles. Points that are no numbers are left out. */
export function seriesChart(all: readonly Series[], options: SeriesChartOptions): Html {
  const series = all
    .map(({ name, points }) => ({ name, points: points.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y)) }))
    .filter(({ points }) => points.length > 0);
  if (series.length === 0)
    return html`<figure>
      <h3>${options.title}</h3>
      <p>No points yet.</p>
    </figure>`;
  const every = series.flatMap(({ points }) => points);
  const [left, right] = range(every.map(({ x }) => x));
  const [low, high] = range(every.map(({ y }) => y));
  const x = (value: number): number => round(LEFT + ((value - left) / (right - left)) * (WIDTH - LEFT - 10));
  const y = (value: number): number => round(10 + (1 - (value - low) / (high - low)) * (HEIGHT - BOTTOM - 10));
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  return html`<figure>
    <h3>${options.title}</h3>
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${options.title}">
      ${ticks.map((share) => {
        const [atX, atY] = [left + share * (right - left), low + share * (high - low)];
        return html`<line x1="${LEFT}" x2="${WIDTH - 10}" y1="${y(atY)}" y2="${y(atY)}" stroke="#ddd" />
          <text x="${LEFT - 6}" y="${y(atY) + 4}" text-anchor="end">${formatValue(atY)}</text>
          <text x="${x(atX)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${formatValue(atX)}</text>`;
      })}
      <text x="${(WIDTH + LEFT) / 2}" y="${HEIGHT - 4}" text-anchor="middle">${options.x}</text>
      ${series.map(({ name, points }, index) => {
        const colour = COLOURS[index % COLOURS.length]!;
        const path = points.map((point, at) => `${at === 0 ? 'M' : 'L'}${x(point.x)} ${y(point.y)}`).join('');
        return html`${options.dots !== true && html`<path d="${path}" fill="none" stroke="${colour}" stroke-width="2" />`}
        ${
          points.length <= 40 &&
          points.map(
            (point) =>
              html`<circle cx="${x(point.x)}" cy="${y(point.y)}" r="4" fill="${colour}">
                <title>${name}: ${options.x} ${formatValue(point.x)}, ${options.y} ${formatValue(point.y)}</title>
              </circle>`,
          )
        }`;
      })}
    </svg>
    <figcaption>
      ${options.y}:
      ${series.map(({ name }, index) => html` <span style="color:${COLOURS[index % COLOURS.length]!}">■</span> ${name}`)}
    </figcaption>
  </figure>`;
}

function range(values: readonly number[]): [number, number] {
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  return low < high ? [low, high] : [low - 1, high + 1];
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
