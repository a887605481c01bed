import type { Context } from 'hono';
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

/** Answers a {@link Problem} as `application/problem+json`. */
export function sendProblem(context: Context, { status, code, message }: Problem): Response {
  return context.body(JSON.stringify({ type: 'about:blank', title: code, status, detail: message }), status, {
    'content-type': 'application/problem+json; charset=utf-8',
  });
}
