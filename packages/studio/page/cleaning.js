// @ts-check
import { html, nothing } from '/vendor/lit-html.js';
import { get, post, Refused } from './api.js';
import { formatCount, say } from './messages.js';
import { openPair, pairDialog } from './pair.js';

const TYPING_MILLIS = 250;
/** The most pairs that the studio gives at once. */
const MAX_CLUSTER = 500;

/** @param {import('./main.js').StudioContent} content @param {() => void} redraw */
export function cleaningView(content, redraw) {
  let dataset = content.cleaning[0];
  /** @type {{ rule: string, options: Record<string, unknown>, bins: [number, number][] }[]} */
  let rules = [];
  /** @type {Record<string, Record<string, unknown>>} */
  let changes = {};
  /** @type {any} */
  let preview;
  let refusal = '';
  let isJudging = false;
  let turn = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let typing;

  const path = () => `/api/cleaning/${encodeURIComponent(dataset ?? '')}`;

  async function load() {
    if (dataset === undefined) return;
    ({ rules } = await get(path()));
    changes = {};
    await judge();
  }

  async function judge() {
    turn += 1;
    const mine = turn;
    isJudging = true;
    redraw();
    try {
      const judged = await post(`${path()}/preview`, { changes });
      if (mine !== turn) return;
      preview = judged;
      refusal = '';
    } catch (error) {
      if (mine !== turn) return;
      refusal = error instanceof Refused ? error.message : String(error);
    }
    isJudging = false;
    redraw();
  }

  /** @param {string} rule @param {string} option @param {Event} event */
  function change(rule, option, event) {
    const input = /** @type {HTMLInputElement} */ (event.target);
    const value = input.type === 'checkbox' ? input.checked : Number(input.value);
    if (input.type === 'number' && input.value === '') return;
    changes = { ...changes, [rule]: { ...changes[rule], [option]: value } };
    clearTimeout(typing);
    typing = setTimeout(() => void judge(), TYPING_MILLIS);
  }

  /** @param {string} rule */
  const optionsOf = (rule) => ({ ...rules.find((each) => each.rule === rule)?.options, ...changes[rule] });

  async function save() {
    const yaml = await post(`${path()}/recipe`, { changes });
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([yaml], { type: 'application/yaml' }));
    link.download = 'recipe.yaml';
    link.click();
    URL.revokeObjectURL(link.href);
  }

  /** @param {string} rule @param {[string, unknown]} option */
  const optionView = (rule, [option, value]) => {
    if (typeof value !== 'number' && typeof value !== 'boolean') return nothing;
    const present = optionsOf(rule)[option];
    return html`<label>
      <span>${option}</span>
      ${
        typeof value === 'boolean'
          ? html`<input
              type="checkbox"
              .checked=${present}
              @change=${(/** @type {Event} */ event) => change(rule, option, event)}
            />`
          : html`<input
              type="number"
              step="any"
              .value=${String(present)}
              @input=${(/** @type {Event} */ event) => change(rule, option, event)}
            />`
      }
    </label>`;
  };

  /** @param {string} id */
  async function show(id) {
    const { pairs } = await get(`/api/datasets/${encodeURIComponent(dataset ?? '')}/pairs`, {
      filter: JSON.stringify({ cluster: id }),
      limit: MAX_CLUSTER,
    });
    const pair = pairs.find((/** @type {{ id: string }} */ each) => each.id === id);
    if (pair !== undefined) await openPair(dataset ?? '', pair.position, redraw);
  }

  void load();

  return {
    draw: () => {
      if (dataset === undefined) return html`<p>${say('noCleaning')}</p>`;
      const shown = refusal === '' ? preview : undefined;
      return html`
        <div class="columns wide">
          <section aria-label=${say('rule')}>
            <label class="field">
              <span>${say('dataset')}</span>
              <select
                @change=${(/** @type {Event} */ event) => {
                  dataset = /** @type {HTMLSelectElement} */ (event.target).value;
                  void load();
                }}
              >
                ${content.cleaning.map((name) => html`<option ?selected=${name === dataset}>${name}</option>`)}
              </select>
            </label>
            <p>${say('threshold')}</p>
            <ul class="rules">
              ${rules.filter(isAdjustable).map(
                ({ rule, options }) =>
                  html`<li class=${rule in changes ? 'changed' : ''}>
                    <strong>${rule}</strong>
                    <span class="options">${Object.entries(options).map((option) => optionView(rule, option))}</span>
                  </li>`,
              )}
            </ul>
          </section>
          <section aria-label=${say('kept')}>
            <p class="summary" role="status">
              ${
                shown === undefined
                  ? say(refusal === '' ? 'loading' : 'refused')
                  : html`<strong>${formatCount(shown.kept)}</strong> ${say('kept')} · ${say(isJudging ? 'judging' : 'now')}`
              }
            </p>
            ${refusal === '' ? nothing : html`<p class="refusal" role="alert">${refusal}</p>`}
            <button type="button" ?disabled=${Object.keys(changes).length === 0 || refusal !== ''} @click=${save}>
              ${say('saveRecipe')}
            </button>
            ${Object.keys(changes).length === 0 ? html`<span class="hint">${say('unchanged')}</span>` : nothing}
            ${shown === undefined ? nothing : funnel(shown.funnel)}
            ${Object.entries(shown?.dropped ?? {}).map(([rule, ids]) =>
              ids.length === 0
                ? nothing
                : html`<details>
                    <summary>${say('dropped')}: ${rule}</summary>
                    <ul class="ids">
                      ${ids.map((/** @type {string} */ id) => html`<li><button type="button" class="quiet" @click=${() => show(id)}>${id}</button></li>`)}
                    </ul>
                  </details>`,
            )}
          </section>
        </div>
        ${pairDialog(redraw)}
      `;
    },
  };
}

/** Lists of words and the like are changed in the recipe. @param {{ options: Record<string, unknown> }} rule */
const isAdjustable = ({ options }) =>
  Object.values(options).some((value) => typeof value === 'number' || typeof value === 'boolean');

/** @param {{ rule: string, in: number, out: number }[]} rows */
function funnel(rows) {
  return html`<table>
    <thead>
      <tr>
        <th scope="col">${say('rule')}</th>
        <th scope="col" class="number">${say('goesIn')}</th>
        <th scope="col" class="number">${say('goesOut')}</th>
        <th scope="col" class="number">${say('lost')}</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (row) =>
          html`<tr>
            <th scope="row">${row.rule}</th>
            <td class="number">${formatCount(row.in)}</td>
            <td class="number">${formatCount(row.out)}</td>
            <td class="number">${formatCount(row.in - row.out)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}
