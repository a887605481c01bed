import { checkThumbnails } from './check-report.ts';
import { rulesSection, topicsSection } from './cleaning-details.ts';
import { cleaningSection, samplesSection } from './cleaning-section.ts';
import { crawlSection } from './crawl-section.ts';
import { formatInstant } from './format.ts';
import { html, trusted } from './html.ts';
import type { Html } from './html.ts';
import { queriesSection } from './queries-section.ts';
import { recallSection } from './recall-section.ts';
import type { RunReport } from './run-report.ts';
import { STYLE } from './style.ts';
import { summarySection } from './summary-section.ts';
import { factList, trainingSection } from './training-section.ts';

/**
 * One HTML page with all that a person wants to see of a run. It needs no network and no script: styles, charts and pictures are inside,
 * and its own content policy forbids anything else. All text is escaped.
 *
 * @throws UserError `THUMBNAIL` if a picture is not a `data:` URI
 */
export function renderReport(report: RunReport): string {
  checkThumbnails(report);
  const { crawl, cleaning, training, evaluation } = report;
  const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
  return html`${trusted('<!DOCTYPE html>')}
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>WenLan · ${report.title}</title>
        <style>
          ${trusted(STYLE)}
        </style>
      </head>
      <body>
        <header>
          <div class="seal" lang="zh-Hans" aria-hidden="true"><span>文</span><span>澜</span></div>
          <div>
            <p class="brand">WenLan <span lang="zh-Hans">从网页到图文检索</span></p>
            <h1>${report.title}</h1>
            <p class="note"><time datetime="${isoInstant(report.generatedAt)}">${formatInstant(report.generatedAt)}</time></p>
          </div>
          ${contents(report)} ${factList(report.facts)}
        </header>
        <main>
          ${summarySection(report)} ${crawl && crawlSection(crawl)} ${cleaning && cleaningSection(cleaning)}
          ${training && trainingSection(training)} ${evaluation && recallSection(evaluation.retrieval)}
          ${evaluation && queriesSection(evaluation)} ${cleaning && samplesSection(cleaning)}
          ${cleaning && topicsSection(cleaning)} ${cleaning && rulesSection(cleaning)}
        </main>
        <footer>
          <p>
            Made by WenLan. This page is complete in itself: no network, no script. <span lang="zh-Hans">本页可离线打开。</span>
          </p>
        </footer>
      </body>
    </html> `.markup;
}

function contents({ crawl, cleaning, training, evaluation }: RunReport): Html {
  const entries: (readonly [id: string, title: string] | null)[] = [
    crawl && ['crawl', 'Crawl'],
    cleaning && ['cleaning', 'Cleaning'],
    training && ['training', 'Training'],
    evaluation && ['recall', 'Retrieval'],
    evaluation && ['text-queries', 'Text queries'],
    evaluation && ['image-queries', 'Image queries'],
    cleaning && ['kept', 'Kept pairs'],
    cleaning && (cleaning.droppedSamples.length > 0 || cleaning.rules.length === 0) ? ['dropped', 'Dropped pairs'] : null,
    cleaning && cleaning.topics.length > 0 ? ['topics', 'Topics'] : null,
    cleaning && cleaning.rules.length > 0 ? ['rules', 'Rules one by one'] : null,
  ];
  const present = entries.filter((entry) => entry !== null);
  return html`<nav aria-label="Sections">
    <ul>
      ${present.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}
    </ul>
  </nav>`;
}

function isoInstant(milliseconds: number): string {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}
