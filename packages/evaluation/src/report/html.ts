/** Markup that is safe to print as it stands. Only {@link html} and {@link trusted} make it. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

/** What a template may hold; null and false print nothing. */
export type HtmlValue = Html | string | number | null | false | readonly HtmlValue[];

/**
 * A template whose every value is escaped unless it is markup itself: text from the web cannot become markup by forgetting a call.
 * Values in attributes must stand in double quotes.
 */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return new Html(strings.reduce((markup, part, i) => markup + print(values[i - 1] ?? null) + part));
}

/** Markup that this package wrote, such as its style sheet. */
export function trusted(markup: string): Html {
  return new Html(markup);
}

function print(value: HtmlValue): string {
  if (value === null || value === false) return '';
  if (value instanceof Html) return value.markup;
  if (typeof value === 'object') return value.map(print).join('');
  return escapeText(String(value));
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Also takes out what HTML forbids in text: control characters other than white space, and halves of surrogate pairs. */
function escapeText(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!).replaceAll(FORBIDDEN, '\u{FFFD}');
}

// oxlint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]|\p{Surrogate}/gu;
