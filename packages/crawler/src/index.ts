export { crawl } from './crawl.ts';
export type { CrawlOptions, CrawlProgress } from './crawl-options.ts';
export type { CrawlSummary, FailingHost } from './crawl-summary.ts';
export type { FetchLimits } from './fetch/fetch-limits.ts';
export type { HostLimits } from './network/host-limiter.ts';
export type { Page, PageFormat } from './sources/page.ts';
export type { Candidate, Extraction, PageRequest, SourceAdapter, SourceConfig } from './sources/source-adapter.ts';
