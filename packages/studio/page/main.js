// @ts-check
import { html, nothing, render } from '/vendor/lit-html.js';
import { get } from './api.js';
import { cleaningView } from './cleaning.js';
import { exploreView } from './explore.js';
import { say, toggleLanguage } from './messages.js';
import { runsView } from './runs.js';
import { searchView } from './search.js';

/**
 * A view draws into its element and may be left at any time.
 * @typedef {{ draw(): unknown, leave?(): void }} View
 * @typedef {{ name: string, stage: string, rows: number, columns: { column: string, least: number, most: number }[] }} Dataset
 * @typedef {{ datasets: Dataset[], runs: string[], cleaning: string[], search: null | { model: string, dim: number, collections: { name: string, kind: 'pictures' | 'sentences' | 'songs', size: number }[] } }} StudioContent
 */

/** @type {Record<string, (content: StudioContent, redraw: () => void) => View>} */
const VIEWS = { explore: exploreView, cleaning: cleaningView, runs: runsView, search: searchView };

const root = /** @type {HTMLElement} */ (document.getElementById('studio'));
/** @type {StudioContent} */
let content;
/** @type {View | undefined} */
let view;
let name = '';
/** What went wrong outside of what a view shows itself, in a sentence. */
let failure = '';

function open() {
  const wanted = location.hash.slice(1);
  view?.leave?.();
  failure = '';
  name = wanted in VIEWS ? wanted : 'explore';
  view = /** @type {(typeof VIEWS)[string]} */ (VIEWS[name])(content, draw);
  draw();
}

function draw() {
  document.title = `${say(name)} · WenLan`;
  render(
    html`
      <a class="skip" href="#content" @click=${skip}>${say('skip')}</a>
      <header>
        <h1 class="brand">文澜 <span lang="en">WenLan</span></h1>
        <nav aria-label="WenLan">
          ${Object.keys(VIEWS).map(
            (each) => html`<a href="#${each}" aria-current=${each === name ? 'page' : 'false'}>${say(each)}</a>`,
          )}
        </nav>
        <button type="button" class="quiet" @click=${changeLanguage}>${say('language')}</button>
      </header>
      <main id="content" tabindex="-1">
        ${failure === '' ? nothing : html`<p class="refusal" role="alert">${failure}</p>`} ${view?.draw()}
      </main>
    `,
    root,
  );
}

/** @param {Event} event */
function skip(event) {
  event.preventDefault();
  document.getElementById('content')?.focus();
}

function changeLanguage() {
  toggleLanguage();
  draw();
}

/** @param {PromiseRejectionEvent} event */
function showFailure(event) {
  event.preventDefault();
  failure = event.reason instanceof Error ? event.reason.message : String(event.reason);
  draw();
}

window.addEventListener('unhandledrejection', showFailure);
try {
  content = await get('/api/studio');
  window.addEventListener('hashchange', open);
  open();
} catch (error) {
  render(html`<main><p class="refusal" role="alert">${/** @type {Error} */ (error).message}</p></main>`, root);
}
