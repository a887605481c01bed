/** Characters whose percent-encoding means the same as the character itself (RFC 3986 section 2.3). */
const UNRESERVED = /[A-Za-z0-9\-._~]/;

/**
 * The form of a URL that keys are made of: what the WHATWG URL parser makes of it (scheme and host in lower case, default
 * port and dot segments gone), without the fragment, and with percent-encodings normalized as in RFC 3986 section 6.2.2.
 * Queries are kept as they are, since their order and content can matter to the server.
 * @returns the text itself, trimmed, where it isn't an absolute URL
 */
export function canonicalUrl(url: string): string {
  if (!URL.canParse(url)) return url.trim();
  const { href } = new URL(url);
  const fragment = href.indexOf('#');
  const whole = fragment < 0 ? href : href.slice(0, fragment);
  const text = whole.endsWith('?') && whole.indexOf('?') === whole.length - 1 ? whole.slice(0, -1) : whole;
  if (!text.includes('%')) return text;
  return text.replaceAll(/%[0-9A-Fa-f]{2}/g, (encoded) => {
    const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
    return UNRESERVED.test(character) ? character : encoded.toUpperCase();
  });
}
