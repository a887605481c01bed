import type { Source } from '@wenlan/shards';
import type { ReadPage } from '../pipeline/read-page.ts';
import type { SourceConfig } from './source-adapter.ts';

/** What a source of files is read with. */
export interface FileSourceContext {
  /** Our name in robots.txt and in the directives of pages. */
  product: string;
  /** Of a page that lies in a file. */
  maxPageBytes: number;
  /** Streams a large file, under the rules that hold for pages. @throws UserError DOWNLOAD_FAILED */
  download: (url: URL) => AsyncIterable<Uint8Array>;
}

/** The pages or rows that lie in files, in their order. */
export interface FileSource {
  /** Changes when the files do, so that a crawl isn't gone on with on others. */
  fingerprint: string;
  /** Streams them from the first; nothing of those that were read is kept. */
  pages: () => AsyncGenerator<ReadPage, void, undefined>;
}

/** How a kind of files is read whose pages or rows needn't be fetched, only their pictures. */
export interface FileSourceAdapter {
  readonly kind: Source;
  /** @throws UserError where the files aren't there or are of no known form */
  open(config: SourceConfig, context: FileSourceContext): Promise<FileSource>;
}
