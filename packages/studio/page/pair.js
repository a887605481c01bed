// @ts-check
import { html, nothing } from '/vendor/lit-html.js';
import { get, pictureUrl } from './api.js';
import { cardView } from './card.js';
import { formatValue, say } from './messages.js';

/** @type {{ dataset: string, record: any } | undefined} */
let shown;

/** @param {string} dataset @param {number} position @param {() => void} redraw */
export async function openPair(dataset, position, redraw) {
  shown = { dataset, record: await get(`/api/datasets/${encodeURIComponent(dataset)}/pairs/${position}`) };
  redraw();
  /** @type {HTMLDialogElement | null} */
  const dialog = document.querySelector('dialog.pair');
  if (dialog !== null && !dialog.open) dialog.showModal();
}

/** A pair's whole record, with what nearly equals it beside. @param {() => void} redraw */
export function pairDialog(redraw) {
  const close = () => {
    shown = undefined;
    redraw();
  };
  return html`<dialog class="pair" aria-label=${say('record')} @close=${close}>
    ${shown === undefined ? nothing : content(shown.dataset, shown.record, redraw)}
  </dialog>`;
}

/** @param {string} dataset @param {any} record @param {() => void} redraw */
function content(dataset, record, redraw) {
  const { position: _, boxes: __, texts, scores, near, consent, picture: ___, ...fields } = record;
  const facts = Object.entries({ ...fields, ...consent }).filter(([, value]) => value !== null && value !== undefined);
  return html`
    <form method="dialog"><button class="quiet close" aria-label=${say('close')}>×</button></form>
    ${
      record.picture === null
        ? nothing
        : html`<img class="large" alt=${texts[0]?.text ?? ''} src=${pictureUrl(record.picture, 'large')} />`
    }
    <h2>${say('texts')}</h2>
    <dl class="texts">
      ${texts.map(
        (/** @type {any} */ { kind, text }) =>
          html`<dt>${kind}</dt>
            <dd lang="zh-Hans">${text}</dd>`,
      )}
    </dl>
    <h2>${say('record')}</h2>
    <dl class="facts">
      ${facts.map(
        ([name, value]) =>
          html`<dt>${name}</dt>
            <dd>${factValue(name, value)}</dd>`,
      )}
    </dl>
    ${
      Object.keys(scores).length === 0
        ? nothing
        : html`<details>
            <summary>${say('scores')}</summary>
            <dl class="facts">
              ${Object.entries(scores).map(
                ([name, value]) =>
                  html`<dt>${name}</dt>
                    <dd>${formatValue(name, value)}</dd>`,
              )}
            </dl>
          </details>`
    }
    ${
      near.length === 0
        ? nothing
        : html`<h2>${say('near')}</h2>
            <ul class="grid small">
              ${near.map((/** @type {any} */ other) =>
                cardView(other, {
                  caption: other.caption ?? '',
                  tags: [other.outcome],
                  open: () => void openPair(dataset, other.position, redraw),
                }),
              )}
            </ul>`
    }
  `;
}

/** @param {string} name @param {any} value */
function factValue(name, value) {
  if (name === 'fetchedAt') return new Date(value).toISOString();
  if (typeof value === 'string' && /^https?:\/\//u.test(value))
    return html`<a href=${value} rel="noreferrer noopener" target="_blank">${value}</a>`;
  return String(value);
}
