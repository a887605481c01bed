import { formatNumber, formatRank } from './format.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { section, thumbnail, webText } from './parts.ts';
import type { EvaluationReport, ImageQuery, TextQuery } from './run-report.ts';

/** Queries with what the model puts first, in both directions. */
export function queriesSection(evaluation: EvaluationReport): Html {
  const { textQueries, imageQueries, retrieval } = evaluation;
  return html`${section(
    'text-queries',
    'Text queries',
    '以文搜图示例',
    'Each text with the pictures that the model puts first. A tick and a solid frame mark a right answer.',
    textQueries.length === 0
      ? html`<p class="empty">No text was asked for.</p>`
      : html`<ol class="queries">
          ${textQueries.map((query) => textQuery(query, retrieval.t2i.gallery))}
        </ol>`,
  )}
  ${section(
    'image-queries',
    'Image queries',
    '以图搜文示例',
    'Each picture with the texts that the model puts first, and their scores. A tick marks a right answer.',
    imageQueries.length === 0
      ? html`<p class="empty">No picture was asked for.</p>`
      : html`<ol class="queries">
          ${imageQueries.map((query) => imageQuery(query, retrieval.i2t.gallery))}
        </ol>`,
  )}`;
}

function textQuery(query: TextQuery, gallery: number): Html {
  return html`<li class="query">
    <h3>${webText(query.text)} ${rankBadge(query.rank, gallery)}</h3>
    <ol class="pictures">
      ${query.matches.map(
        (match) =>
          html`<li class="${match.correct ? 'right' : 'wrong'}">
            <span class="frame">${thumbnail(match.thumbnail, match.text, 64)}${mark(match.correct)}</span>
            <span class="caption" title="${match.text}">${webText(match.text)}</span>
            <span class="score">${formatNumber(match.score, 2)}</span>
          </li>`,
      )}
    </ol>
  </li>`;
}

function imageQuery(query: ImageQuery, gallery: number): Html {
  return html`<li class="query by-image">
    <div class="asked">${thumbnail(query.thumbnail, query.text, 96)}</div>
    <div>
      <h3>${webText(query.text)} ${rankBadge(query.rank, gallery)}</h3>
      <ol class="texts">
        ${query.matches.map(
          (match) =>
            html`<li class="${match.correct ? 'right' : 'wrong'}">
              ${mark(match.correct)}<span class="caption" title="${match.text}">${webText(match.text)}</span
              ><span class="score">${formatNumber(match.score, 2)}</span>
            </li>`,
        )}
      </ol>
    </div>
  </li>`;
}

function rankBadge(rank: number, gallery: number): Html {
  return html`<span class="rank">rank ${formatRank(rank)} of ${formatNumber(gallery)}</span>`;
}

function mark(correct: boolean): Html {
  return correct
    ? html`<span class="mark"><span aria-hidden="true">✓</span><span class="hidden">right: </span></span>`
    : html`<span class="mark"><span aria-hidden="true">·</span><span class="hidden">wrong: </span></span>`;
}
