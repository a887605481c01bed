// @ts-check
import { html, nothing, svg } from '/vendor/lit-html.js';
import { say } from './messages.js';

/**
 * The picture with the cells of a grid over it, brighter where covering the cell costs the sentence more of its score.
 * @param {string} picture in base64
 * @param {{ text: string, grid: number, losses: number[] } | undefined} heatmap
 */
export function heatmapView(picture, heatmap) {
  const highest = Math.max(1e-6, ...(heatmap?.losses ?? []));
  return html`<figure class="query">
    <div class="stack">
      <img alt=${say('picture')} src="data:image/jpeg;base64,${picture}" />
      ${
        heatmap === undefined
          ? nothing
          : html`<svg viewBox="0 0 ${heatmap.grid} ${heatmap.grid}" preserveAspectRatio="none" aria-hidden="true">
              ${heatmap.losses.map(
                (loss, index) =>
                  svg`<rect x=${index % heatmap.grid} y=${Math.floor(index / heatmap.grid)} width="1.02" height="1.02" fill="#ffd600" fill-opacity=${(Math.max(0, loss) / highest) * 0.75} />`,
              )}
            </svg>`
      }
    </div>
    ${heatmap === undefined ? nothing : html`<figcaption>${say('heatmap')} <q lang="zh-Hans">${heatmap.text}</q></figcaption>`}
  </figure>`;
}
