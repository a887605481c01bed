import { load } from 'cheerio/slim';
import type { CheerioAPI } from 'cheerio/slim';
import type { Document, Element } from 'domhandler';
import { assignCaptions } from './captions.ts';
import { readFlow } from './document-flow.ts';
import type { DocumentFlow } from './document-flow.ts';
import { resolveUrl } from './image-url.ts';
import { pageLinks } from './page-links.ts';
import { readMetadata } from './page-metadata.ts';
import type { PageMetadata } from './page-metadata.ts';

/** A page, parsed once. */
export class HtmlPage {
  readonly $: CheerioAPI;
  /** What relative addresses are relative to. */
  readonly baseUrl: string;
  readonly metadata: PageMetadata;
  #flow: { flow: DocumentFlow; captions: string[][] } | undefined;

  constructor(html: string, url: string) {
    this.$ = load(html);
    const base = this.$('base[href]').attr('href');
    this.baseUrl = (base === undefined ? null : resolveUrl(base, url))?.href ?? url;
    this.metadata = readMetadata(this.$, this.baseUrl);
  }

  /** The page in reading order, with the captions of its pictures. */
  get flow(): { flow: DocumentFlow; captions: string[][] } {
    if (this.#flow === undefined) {
      const flow = readFlow(this.$.root()[0] as Document);
      this.#flow = { flow, captions: assignCaptions(flow) };
    }
    return this.#flow;
  }

  /** Addresses of the pages that it links to, in document order, each once. */
  get links(): string[] {
    return pageLinks(this.$, this.baseUrl);
  }

  /** The first element that matches the first selector that matches any. */
  first(...selectors: readonly string[]): Element | null {
    for (const selector of selectors) {
      const [element] = this.$(selector).toArray() as Element[];
      if (element !== undefined) return element;
    }
    return null;
  }
}
