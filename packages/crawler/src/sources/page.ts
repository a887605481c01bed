import { gunzipSync } from 'node:zlib';
import { firstHeader } from '../fetch/first-header.ts';
import type { ResponseHeaders } from '../fetch/request-once.ts';
import { decodeText } from '../html/decode-text.ts';
import { HtmlPage } from '../html/html-page.ts';
import type { PageRequest } from './source-adapter.ts';

export interface PageContent {
  request: PageRequest;
  /** After redirects. */
  url: string;
  headers: ResponseHeaders;
  body: Buffer;
  /** Sitemaps that the site's robots.txt names. */
  sitemaps: readonly string[];
  /** Fetches another page at the same pace; null if it can't be had. */
  fetch: (request: PageRequest) => Promise<Page | null>;
}

/** What the sitemap protocol allows a sitemap to have once it is uncompressed. */
const MAX_GUNZIPPED_BYTES = 50 * 2 ** 20;

/** How a page was written. */
export type PageFormat = 'html' | 'xml' | 'json' | 'other';

/** A fetched page, decoded and parsed once, when first looked at. */
export class Page {
  readonly request: PageRequest;
  /** After redirects. */
  readonly url: string;
  readonly headers: ResponseHeaders;
  readonly body: Buffer;
  /** Sitemaps that the site's robots.txt names. */
  readonly sitemaps: readonly string[];
  readonly #fetch: (request: PageRequest) => Promise<Page | null>;
  #text: string | undefined;
  #html: HtmlPage | undefined;

  constructor({ request, url, headers, body, sitemaps, fetch }: PageContent) {
    this.request = request;
    this.url = url;
    this.headers = headers;
    this.body = body;
    this.sitemaps = sitemaps;
    this.#fetch = fetch;
  }

  /** Decoded by its byte order mark, header, declaration or what it looks like; a file in gzip format is unpacked. */
  get text(): string {
    if (this.#text === undefined) {
      const isGzip = this.body[0] === 0x1f && this.body[1] === 0x8b;
      const bytes = isGzip ? gunzipSync(this.body, { maxOutputLength: MAX_GUNZIPPED_BYTES }) : this.body;
      this.#text = decodeText(bytes, firstHeader(this.headers, 'content-type'));
    }
    return this.#text;
  }

  /** Parsed as HTML, whatever it is. */
  get html(): HtmlPage {
    this.#html ??= new HtmlPage(this.text, this.url);
    return this.#html;
  }

  /** What it is, by its content first: servers call feeds HTML and JSON text. */
  get format(): PageFormat {
    const start = this.text.slice(0, 1_024).trimStart();
    if (/^[[{]/.test(start)) return 'json';
    if (/<(?:!doctype html|html|head|body)[\s>]/i.test(start)) return 'html';
    if (/^<\?xml|^<(?:urlset|sitemapindex|rss|feed|rdf:RDF)[\s>]/i.test(start)) return 'xml';
    return /html/i.test(firstHeader(this.headers, 'content-type') ?? '') || start.startsWith('<') ? 'html' : 'other';
  }

  /** @throws SyntaxError if it isn't JSON */
  json(): unknown {
    return JSON.parse(this.text);
  }

  /** Fetches another page that this one needs, at the pace of the crawl; null if it can't be had. */
  fetch(request: PageRequest): Promise<Page | null> {
    return this.#fetch(request);
  }
}
