// @ts-check
import { html, nothing } from '/vendor/lit-html.js';
import { pictureUrl } from './api.js';
import { say } from './messages.js';

/**
 * A pair in a grid.
 * @param {any} pair
 * @param {{ caption: string, tags: (string | null)[], open: () => void }} shown
 */
export const cardView = (pair, { caption, tags, open }) =>
  html`<li>
    <button type="button" class="card" @click=${open}>
      ${
        pair.picture === null
          ? html`<span class="blank">${say('noPicture')}</span>`
          : html`<img loading="lazy" alt="" src=${pictureUrl(pair.picture, 'small')} @error=${replaceBroken} />`
      }
      <span class="caption" lang="zh-Hans">${caption}</span>
      <span class="tags">${tags.map((tag) => (tag === null ? nothing : html`<span>${tag}</span>`))}</span>
    </button>
  </li>`;

/** A picture that the server can't decode leaves a sentence in its place. @param {Event} event */
function replaceBroken(event) {
  const image = /** @type {HTMLImageElement} */ (event.target);
  image.alt = say('brokenPicture');
  image.className = 'blank';
}
