import type { ColumnNames, PairText, Source } from '@wenlan/shards';
import type { FileSourceAdapter } from './file-source.ts';
import type { Page } from './page.ts';

/** A website, or several, and how far to go in them. */
export interface SourceConfig {
  /** Unique in a crawl. */
  name: string;
  /** Which built-in adapter reads its pages or files; see `adapter` for others. */
  kind: 'encyclopedia' | 'news' | 'weibo' | 'web' | 'commoncrawl' | 'list' | 'local';
  /**
   * Where to begin: absolute URLs of pages, or of whatever else the adapter knows; of `list` and `local` paths of files and
   * folders, of `commoncrawl` paths or URLs of WARC and WAT files.
   */
  seeds: string[];
  /** Pages asked for, whatever came of it; 1,000 by default. Of files the rows or pages that are read; all by default. */
  maxPages?: number;
  /** Links from a seed; no limit by default. */
  maxDepth?: number;
  /** How much of the crawl it gets beside the others, in requests; 1 by default, 2 is twice as much. */
  weight?: number;
  /** Where pages may lie: hosts (`news.example.cn`), or hosts with the beginning of a path (`baike.example.cn/item/`); the hosts of the seeds by default. Pictures may lie anywhere. */
  scope?: string[];
  /** Names of the columns of a `list` or of the captions of `local`, where they aren't among those that are known. */
  columns?: ColumnNames;
  /** Reads the pages or files instead of the built-in one of `kind`, which still says what the pairs are called. */
  adapter?: SourceAdapter | FileSourceAdapter;
}

/** A page to ask for. */
export interface PageRequest {
  url: string;
  /** For the adapter to know its pages by. */
  label?: string;
  /** Sent with the request, such as `x-requested-with`. */
  headers?: Record<string, string>;
  /** JSON that the adapter wants to find beside the page; small. */
  data?: unknown;
}

/** A picture that a page shows, and what is said of it there. */
export interface Candidate {
  /** Absolute. */
  imageUrl: string;
  /** Where it stands for a reader; the page's own address by default. */
  pageUrl?: string;
  texts: PairText[];
  /** Of the request for the picture; the origin of the page by default, as browsers have it. */
  referer?: string;
  license?: string | null;
  /** Address of the profile of whoever posted it. */
  author?: string | null;
}

/** What an adapter takes from a page, in the order of the page. */
export interface Extraction {
  candidates: Candidate[];
  links: PageRequest[];
}

/** How the pages of a kind of site are read. To add a source, write one of these. */
export interface SourceAdapter {
  /** What the pairs of such a source are called in a dataset. */
  readonly kind: Source;
  /** The pages to begin with. */
  seedRequests(config: SourceConfig): PageRequest[];
  /**
   * Reads a page; a pure function of it, and of the pages that it asks for with {@link Page.fetch}. An error that it throws
   * costs this page only.
   */
  extract(page: Page): Extraction | Promise<Extraction>;
}
