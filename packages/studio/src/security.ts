import { timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { Problem } from './problem.ts';

/** Everything that the page needs comes from the studio itself; nothing inline runs, and no other page may frame it. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
};
const COOKIE = 'wenlan-token';

/** Headers of every answer. */
export const secureHeaders: MiddlewareHandler = async (context, next) => {
  await next();
  for (const [name, value] of Object.entries(HEADERS)) context.header(name, value);
};

/**
 * Without a token only requests to an address of this machine are answered: a web page whose name was made to resolve to
 * 127.0.0.1 (DNS rebinding) sends its own name as Host. With one, every request has to bring it.
 */
export function onlyOwner(token: string | undefined): MiddlewareHandler {
  return async (context, next) => {
    const given = context.req.query('token');
    if (token === undefined) refuseForeignNames(new URL(context.req.url).hostname);
    else {
      const bearer = context.req.header('authorization')?.replace(/^Bearer /u, '');
      if (![given, bearer, getCookie(context, COOKIE)].some((candidate) => candidate !== undefined && isSame(candidate, token)))
        throw new Problem(
          401,
          'TOKEN_MISSING',
          'Open the address with the token that `wenlan serve` printed, or send it as a bearer token.',
        );
    }
    refuseForeignPosts(context.req.header('sec-fetch-site'), context.req.method);
    await next();
    if (token !== undefined && given !== undefined)
      setCookie(context, COOKIE, token, { httpOnly: true, sameSite: 'Strict', path: '/' });
  };
}

function refuseForeignNames(host: string): void {
  if (LOOPBACK.test(host)) return;
  const sentence = `Requests to ${host} are refused; open the studio by its address, or start it with a token.`;
  throw new Problem(403, 'HOST_REFUSED', sentence);
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/u;

/** A browser says where a request comes from; one that changes or computes something may only come from the page itself. */
function refuseForeignPosts(site: string | undefined, method: string): void {
  if (method !== 'GET' && method !== 'HEAD' && site !== undefined && site !== 'same-origin' && site !== 'none')
    throw new Problem(
      403,
      'ORIGIN_REFUSED',
      'Another web page may not use the studio; send the request from the studio itself or a program.',
    );
}

function isSame(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
