// @ts-check
import { html } from '/vendor/lit-html.js';
import { get, Refused } from './api.js';
import { cardView } from './card.js';
import { histogramView } from './histogram.js';
import { formatCount, say } from './messages.js';
import { openPair, pairDialog } from './pair.js';

const FACETS = /** @type {const} */ (['source', 'outcome', 'split', 'band']);
const FIRST_COLUMNS = ['width', 'height', 'textLength'];
const PAGE = 60;
const TYPING_MILLIS = 150;

/** @param {import('./main.js').StudioContent} content @param {() => void} redraw */
export function exploreView(content, redraw) {
  let dataset = content.datasets[0];
  /** @type {Record<string, any>} */
  let filter = {};
  let columns = shownColumns();
  /** @type {any[]} */
  let pairs = [];
  let total = 0;
  /** @type {{ facets: Record<string, { value: string, count: number }[]>, histograms: any[] } | undefined} */
  let counts;
  let refusal = '';
  let isAdding = false;
  let asked = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let typing;

  function shownColumns() {
    return FIRST_COLUMNS.filter((name) => dataset?.columns.some(({ column }) => column === name));
  }

  async function load() {
    if (dataset === undefined) return;
    asked.abort();
    asked = new AbortController();
    const { signal } = asked;
    const path = `/api/datasets/${encodeURIComponent(dataset.name)}`;
    const query = { filter: JSON.stringify(filter) };
    try {
      const [page, counted] = await Promise.all([
        get(`${path}/pairs`, { ...query, limit: PAGE }, signal),
        get(`${path}/counts`, { ...query, columns: columns.join(',') }, signal),
      ]);
      ({ pairs, total } = page);
      counts = counted;
      refusal = '';
    } catch (error) {
      if (signal.aborted) return;
      refusal = error instanceof Refused ? error.message : String(error);
    }
    redraw();
  }

  /** A second click before the answer, and an answer that a new filter overtook, add nothing. */
  async function more() {
    if (dataset === undefined || isAdding) return;
    isAdding = true;
    const { signal } = asked;
    const query = { filter: JSON.stringify(filter), after: pairs.at(-1)?.position ?? -1, limit: PAGE };
    try {
      const page = await get(`/api/datasets/${encodeURIComponent(dataset.name)}/pairs`, query, signal);
      if (!signal.aborted) pairs = [...pairs, ...page.pairs];
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      isAdding = false;
    }
    redraw();
  }

  /** @param {Record<string, any>} changes keys with undefined are taken out */
  function change(changes) {
    filter = Object.fromEntries(Object.entries({ ...filter, ...changes }).filter(([, value]) => value !== undefined));
    void load();
  }

  /** @param {string} facet @param {string} value @param {boolean} isOn */
  function toggle(facet, value, isOn) {
    const rest = (filter[facet] ?? []).filter((/** @type {string} */ each) => each !== value);
    const next = isOn ? [...rest, value] : rest;
    change({ [facet]: next.length === 0 ? undefined : next });
  }

  /** @param {string} column @param {[number | null, number | null] | undefined} range */
  function choose(column, range) {
    const ranges = { ...filter['ranges'] };
    if (range === undefined) delete ranges[column];
    else ranges[column] = range;
    change({ ranges: Object.keys(ranges).length === 0 ? undefined : ranges });
  }

  /** @param {Event} event */
  function type(event) {
    const words = /** @type {HTMLInputElement} */ (event.target).value.trim();
    clearTimeout(typing);
    typing = setTimeout(() => change({ words: words === '' ? undefined : words }), TYPING_MILLIS);
  }

  /** @param {Event} event */
  function changeDataset(event) {
    dataset = content.datasets.find(({ name }) => name === /** @type {HTMLSelectElement} */ (event.target).value);
    filter = {};
    columns = shownColumns();
    void load();
  }

  /** @param {Event} event */
  function addColumn(event) {
    const select = /** @type {HTMLSelectElement} */ (event.target);
    if (select.value !== '') columns = [...columns, select.value];
    select.value = '';
    void load();
  }

  /** @param {(typeof FACETS)[number]} facet */
  const facetView = (facet) => {
    const counted = counts?.facets[facet] ?? [];
    /** @type {string[]} */
    const chosen = filter[facet] ?? [];
    const uncounted = chosen.filter((each) => counted.every(({ value }) => value !== each));
    const values = [...counted, ...uncounted.map((value) => ({ value, count: 0 }))]; // what is chosen can be taken back
    if (values.length === 0) return null;
    return html`<fieldset>
      <legend>${say(facet)}</legend>
      ${values.map(
        ({ value, count }) =>
          html`<label class="choice">
            <input
              type="checkbox"
              .checked=${chosen.includes(value)}
              @change=${(/** @type {Event} */ event) =>
                toggle(facet, value, /** @type {HTMLInputElement} */ (event.target).checked)}
            />
            <span>${value}</span><span class="count">${formatCount(count)}</span>
          </label>`,
      )}
    </fieldset>`;
  };

  /** @param {any} pair */
  const card = (pair) =>
    cardView(pair, {
      caption: pair.caption ?? '',
      tags: [pair.source, pair.outcome, pair.band],
      open: () => void openPair(dataset?.name ?? '', pair.position, redraw),
    });

  const isNarrow = matchMedia('(max-width: 46rem)').matches;
  void load();

  return {
    leave: () => asked.abort(),
    draw: () => (dataset === undefined ? html`<p>${say('noDataset')}</p>` : page()),
  };

  function page() {
    return html`
      <div class="columns">
        <aside aria-label=${say('filters')}>
          <details ?open=${!isNarrow}>
            <summary>${say('filters')}</summary>
            <label class="field">
              <span>${say('dataset')}</span>
              <select @change=${changeDataset}>
                ${content.datasets.map(({ name }) => html`<option value=${name} ?selected=${name === dataset?.name}>${name}</option>`)}
              </select>
            </label>
            <label class="field">
              <span>${say('words')}</span>
              <input type="search" .value=${filter['words'] ?? ''} @input=${type} />
            </label>
            ${FACETS.map(facetView)}
            ${(counts?.histograms ?? []).map((histogram) =>
              histogramView(histogram, filter['ranges']?.[histogram.column], (range) => choose(histogram.column, range)),
            )}
            <label class="field">
              <span>${say('addHistogram')}</span>
              <select @change=${addColumn}>
                <option value="">…</option>
                ${(dataset?.columns ?? [])
                  .filter(({ column }) => !columns.includes(column))
                  .map(({ column }) => html`<option value=${column}>${say(column.replace(/^score:/u, ''))}</option>`)}
              </select>
            </label>
            <button type="button" ?disabled=${Object.keys(filter).length === 0} @click=${clear}>${say('clear')}</button>
          </details>
        </aside>
        <section aria-label=${say('pairs')}>
          <p class="summary" role="status">
            ${
              counts === undefined && refusal === ''
                ? say('loading')
                : html`<strong>${formatCount(total)}</strong> ${say('pairs')} · ${say('of')} ${formatCount(dataset?.rows ?? 0)}`
            }
          </p>
          ${refusal === '' ? null : html`<p class="refusal" role="alert">${refusal}</p>`}
          ${counts !== undefined && pairs.length === 0 ? html`<p>${say(dataset?.rows === 0 ? 'emptyDataset' : 'noPairs')}</p>` : null}
          <ul class="grid">
            ${pairs.map(card)}
          </ul>
          ${pairs.length < total ? html`<button type="button" class="more" @click=${more}>${say('more')}</button>` : null}
        </section>
      </div>
      ${pairDialog(redraw)}
    `;
  }

  function clear() {
    filter = {};
    void load();
  }
}
