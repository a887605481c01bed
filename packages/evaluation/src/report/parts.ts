import { html } from './html.ts';
import type { Html, HtmlValue } from './html.ts';
import type { ReportPair } from './run-report.ts';

/** A section with an anchor, an English heading and its Chinese subtitle. */
export function section(id: string, title: string, titleZh: string, lead: HtmlValue, ...content: readonly HtmlValue[]): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title} <span class="zh" lang="zh-Hans">${titleZh}</span></h2>
    <p class="lead">${lead}</p>
    ${content}
  </section>`;
}

/** A table that scrolls sideways on a phone, and by keyboard. `bars: wide-only` leaves the column of bars out where it would push numbers away. */
export function scrollTable(caption: string, bars: 'always' | 'wide-only', head: Html, body: HtmlValue): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}">
    <table class="${bars}">
      <caption>
        ${caption}
      </caption>
      <thead>
        ${head}
      </thead>
      ${body}
    </table>
  </div>`;
}

/** Text of unknown script from the web. */
export function webText(text: string): Html {
  return html`<bdi lang="zh-Hans">${text}</bdi>`;
}

/** A thumbnail, or an empty frame that says why there is none. */
export function thumbnail(uri: string | null, alt: string, size: number): Html {
  return uri === null
    ? html`<span class="thumb none" style="--size:${size}px"><span>no picture kept</span></span>`
    : html`<img
        class="thumb"
        style="--size:${size}px"
        width="${size}"
        height="${size}"
        loading="lazy"
        decoding="async"
        src="${uri}"
        alt="${alt}"
      />`;
}

/** Pairs as a grid of cards: the picture, then its texts by kind. */
export function pairGrid(pairs: readonly ReportPair[], showSource: boolean): Html {
  return html`<ul class="pairs">
    ${pairs.map(
      (pair) =>
        html`<li class="${pair.beside === undefined ? 'pair' : 'pair two'}">
          ${thumbnail(pair.thumbnail, pair.texts[0]?.text ?? 'picture without a text', 72)}
          ${pair.beside !== undefined && thumbnail(pair.beside, 'the picture that is like it', 72)}
          <div>
            ${
              (showSource || pair.note !== null) &&
              html`<p class="origin">
                ${showSource && html`<b>${pair.source}</b>`}${pair.note !== null && html` <span>${pair.note}</span>`}
              </p>`
            }
            ${pair.texts.length === 0 && html`<p class="empty">no text</p>`}
            <dl>
              ${pair.texts.map(
                ({ kind, text }) =>
                  html`<div>
                    <dt>${kind}</dt>
                    <dd title="${text}">${webText(text)}</dd>
                  </div>`,
              )}
            </dl>
          </div>
        </li>`,
    )}
  </ul>`;
}

/** Keys in the order they first come. */
export function distinct<T, K>(items: readonly T[], key: (item: T) => K): K[] {
  return [...new Set(items.map(key))];
}

export function total<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((sum, item) => sum + value(item), 0);
}
