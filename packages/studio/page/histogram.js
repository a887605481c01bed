// @ts-check
import { html, svg } from '/vendor/lit-html.js';
import { formatCount, formatValue, say } from './messages.js';

const WIDTH = 240;
const HEIGHT = 56;

/**
 * Bars that are brushed with the pointer; the two number fields below do the same by keyboard.
 * @param {{ column: string, least: number, most: number, counts: number[] }} histogram
 * @param {[number | null, number | null] | undefined} range that is chosen
 * @param {(range: [number | null, number | null] | undefined) => void} choose
 */
export function histogramView({ column, least, most, counts }, range, choose) {
  const highest = Math.max(1, ...counts);
  const bar = WIDTH / counts.length;
  const span = most - least || 1;
  /** @param {number} index */
  const isChosen = (index) => {
    const [low, high] = [least + (index * span) / counts.length, least + ((index + 1) * span) / counts.length];
    return range === undefined || ((range[1] === null || low <= range[1]) && (range[0] === null || high > range[0]));
  };
  let start = 0;
  /** @param {PointerEvent} event */
  const binAt = (event) => {
    const box = /** @type {Element} */ (event.currentTarget).getBoundingClientRect();
    return Math.min(counts.length - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * counts.length)));
  };
  /** @param {PointerEvent} event */
  const press = (event) => {
    start = binAt(event);
    /** @type {Element} */ (event.currentTarget).setPointerCapture(event.pointerId);
  };
  /** @param {PointerEvent} event */
  const release = (event) => {
    const end = binAt(event);
    const [first, last] = [Math.min(start, end), Math.max(start, end)];
    choose([least + (first * span) / counts.length, least + ((last + 1) * span) / counts.length]);
  };
  /** @param {0 | 1} side */
  const field = (side) =>
    html`<label>
      <span>${say(side === 0 ? 'from' : 'to')}</span>
      <input
        type=${column === 'fetchedAt' ? 'date' : 'number'}
        step=${column === 'fetchedAt' ? '1' : 'any'}
        .value=${fieldText(column, range?.[side] ?? null)}
        placeholder=${formatValue(column, side === 0 ? least : most)}
        @change=${(/** @type {Event} */ event) => {
          const { value } = /** @type {HTMLInputElement} */ (event.target);
          /** @type {[number | null, number | null]} */
          const next = [range?.[0] ?? null, range?.[1] ?? null];
          next[side] = value === '' ? null : fieldValue(column, value, side);
          choose(next[0] === null && next[1] === null ? undefined : next);
        }}
      />
    </label>`;
  const title = say(column.replace(/^score:/u, ''));
  return html`<figure class="histogram">
    <figcaption>
      ${title}
      ${
        range === undefined
          ? null
          : html`<button type="button" class="quiet" aria-label="${say('clearOne')}: ${title}" @click=${() => choose(undefined)}>
              ×
            </button>`
      }
    </figcaption>
    <svg
      viewBox="0 0 ${WIDTH} ${HEIGHT}"
      preserveAspectRatio="none"
      aria-hidden="true"
      @pointerdown=${press}
      @pointerup=${release}
    >
      <rect class="ground" width=${WIDTH} height=${HEIGHT} />
      ${counts.map((count, index) => {
        const height = count === 0 ? 0 : Math.max(1.5, (count / highest) * HEIGHT);
        return svg`<rect class=${isChosen(index) ? 'bar' : 'bar out'} x=${index * bar} y=${HEIGHT - height} width=${bar - 0.6} height=${height}><title>${formatCount(count)}</title></rect>`;
      })}
    </svg>
    <div class="range">${field(0)} ${field(1)}</div>
  </figure>`;
}

const DAY_MILLIS = 86_400_000;

/** What a field of a column shows of a bound: a day of UTC, or a number. @param {string} column @param {number | null} bound */
function fieldText(column, bound) {
  if (bound === null) return '';
  return column === 'fetchedAt' ? new Date(bound).toISOString().slice(0, 10) : String(Number(bound.toPrecision(4)));
}

/** The bound that a field means; a day is within as a whole. @param {string} column @param {string} text @param {0 | 1} side */
function fieldValue(column, text, side) {
  if (column !== 'fetchedAt') return Number(text);
  return Date.parse(text) + (side === 0 ? 0 : DAY_MILLIS - 1);
}
