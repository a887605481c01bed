// @ts-check
import { html, nothing } from '/vendor/lit-html.js';
import { post, Refused } from './api.js';
import { cardView } from './card.js';
import { heatmapView } from './heatmap.js';
import { formatCount, say } from './messages.js';
import { openPair, pairDialog } from './pair.js';

/** A picture is made no larger than the server wants before it is sent. */
const SEND_SIDE = 1200;

/** @param {import('./main.js').StudioContent} content @param {() => void} redraw */
export function searchView(content, redraw) {
  const { search } = content;
  let sentence = '';
  /** Bytes of the chosen picture in base64. */
  let picture = '';
  let collection = '';
  /** @type {any[] | undefined} */
  let matches;
  /** @type {{ text: string, grid: number, losses: number[] } | undefined} */
  let heatmap;
  let refusal = '';
  let isBusy = false;

  /** @param {() => Promise<void>} work */
  async function busy(work) {
    isBusy = true;
    refusal = '';
    redraw();
    try {
      await work();
    } catch (error) {
      refusal = error instanceof Refused ? error.message : String(error);
    }
    isBusy = false;
    redraw();
  }

  /** Sentences find pictures, pictures find sentences, unless another collection is chosen. */
  function target() {
    if (collection !== '') return collection;
    const kind = picture === '' ? 'pictures' : 'sentences';
    return (search?.collections.find((each) => each.kind === kind) ?? search?.collections[0])?.name ?? '';
  }

  const find = () =>
    busy(async () => {
      heatmap = undefined;
      const query = picture === '' ? { text: sentence } : { picture };
      ({ matches } = await post('/api/search', { collection: target(), top: 24, ...query }));
    });

  /** @param {Blob | null | undefined} file */
  async function take(file) {
    if (!file) return;
    await busy(async () => {
      const bitmap = await createImageBitmap(file).catch(() => {
        throw new Refused(`${/** @type {File} */ (file).name ?? ''} ${say('notPicture')}`);
      });
      const scale = Math.min(1, SEND_SIDE / Math.max(bitmap.width, bitmap.height));
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [Math.max(1, bitmap.width * scale), Math.max(1, bitmap.height * scale)];
      canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
      picture = canvas.toDataURL('image/jpeg', 0.92).split(',')[1] ?? '';
      sentence = '';
    });
    if (refusal === '') await find();
  }

  /** @param {SubmitEvent} event */
  function submit(event) {
    event.preventDefault();
    if (sentence !== '' || picture !== '') void find();
  }

  /** @param {string} text */
  const explain = (text) =>
    busy(async () => {
      heatmap = { text, ...(await post('/api/heatmap', { text, picture })) };
    });

  /** @param {ClipboardEvent} event */
  const paste = (event) => void take([...(event.clipboardData?.files ?? [])].find(({ type }) => type.startsWith('image/')));
  window.addEventListener('paste', paste);

  /** @param {any} match */
  const matchView = ({ score, text, title, artist, dataset, pair }) =>
    pair !== undefined && search?.collections.find(({ name }) => name === target())?.kind === 'pictures'
      ? cardView(pair, {
          caption: text,
          tags: [`${say('score')} ${score.toFixed(3)}`],
          open: () => void openPair(dataset, pair.position, redraw),
        })
      : html`<li class="line">
          <span class="score">${score.toFixed(3)}</span>
          <span lang="zh-Hans"> ${title === undefined ? nothing : html`<strong>${title}</strong> ${artist}<br />`}${text} </span>
          ${picture === '' ? nothing : html`<button type="button" class="quiet" @click=${() => explain(text)}>${say('where')}</button>`}
        </li>`;

  return {
    leave: () => window.removeEventListener('paste', paste),
    draw: () => {
      if (search === null) return html`<p>${say('noModel')}</p>`;
      const isLines = search.collections.find(({ name }) => name === target())?.kind !== 'pictures';
      return html`
        <form
          class="search"
          @submit=${submit}
          @dragover=${(/** @type {Event} */ event) => event.preventDefault()}
          @drop=${(/** @type {DragEvent} */ event) => {
            event.preventDefault();
            void take(event.dataTransfer?.files[0]);
          }}
        >
          <label class="field grow">
            <span>${say('sentence')}</span>
            <input
              type="search"
              lang="zh-Hans"
              placeholder="一只在雪地里奔跑的狗"
              .value=${sentence}
              @input=${(/** @type {Event} */ event) => {
                sentence = /** @type {HTMLInputElement} */ (event.target).value.trim();
                picture = '';
              }}
            />
          </label>
          <label class="field">
            <span>${say('picture')}</span>
            <input
              type="file"
              accept="image/*"
              @change=${(/** @type {Event} */ event) => take(/** @type {HTMLInputElement} */ (event.target).files?.[0])}
            />
          </label>
          <label class="field">
            <span>${say('searchIn')}</span>
            <select
              @change=${(/** @type {Event} */ event) => {
                collection = /** @type {HTMLSelectElement} */ (event.target).value;
                if (sentence !== '' || picture !== '') void find();
              }}
            >
              ${search.collections.map(
                ({ name, size }) =>
                  html`<option value=${name} ?selected=${name === target()}>${name} (${formatCount(size)})</option>`,
              )}
            </select>
          </label>
          <button type="submit">${say('find')}</button>
        </form>
        <p role="status" class="hint">${isBusy ? say('loading') : search.model}</p>
        ${refusal === '' ? nothing : html`<p class="refusal" role="alert">${refusal}</p>`}
        <div class="found">
          ${picture === '' ? nothing : heatmapView(picture, heatmap)}
          ${
            matches === undefined
              ? nothing
              : matches.length === 0
                ? html`<p>${say('nothingFound')}</p>`
                : html`<ul class=${isLines ? 'lines' : 'grid'}>
                    ${matches.map(matchView)}
                  </ul>`
          }
        </div>
        ${pairDialog(redraw)}
      `;
    },
  };
}
