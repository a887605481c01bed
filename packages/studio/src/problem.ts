import type { Context } from 'hono';
import { html } from 'hono/html';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** What a client is told instead of an answer: "Problem Details for HTTP APIs", RFC 9457. */
export class Problem extends Error {
  readonly status: ContentfulStatusCode;
  readonly code: string;

  /** @param code stable word for programs, such as `PICTURE_DAMAGED` */
  constructor(status: ContentfulStatusCode, code: string, sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.name = 'Problem';
    this.status = status;
    this.code = code;
  }
}

/**
 * Answers a {@link Problem} as `application/problem+json`; a browser that opens an address gets its sentence as a page.
 */
export async function sendProblem(context: Context, { status, code, message }: Problem): Promise<Response> {
  if (context.req.header('accept')?.includes('text/html') === true) {
    const page = html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>${code}</title>
        </head>
        <body>
          <main>
            <h1>${status}</h1>
            <p>${message}</p>
          </main>
        </body>
      </html>`;
    return context.html(page, status);
  }
  return context.body(JSON.stringify({ type: 'about:blank', title: code, status, detail: message }), status, {
    'content-type': 'application/problem+json; charset=utf-8',
  });
}
