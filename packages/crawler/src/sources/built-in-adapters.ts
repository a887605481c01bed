import { encyclopedia } from './encyclopedia.ts';
import { news } from './news.ts';
import type { SourceAdapter, SourceConfig } from './source-adapter.ts';
import { weibo } from './weibo.ts';
import { web } from './web.ts';

/** The adapter that reads each kind of source. */
export const BUILT_IN_ADAPTERS: Readonly<Record<SourceConfig['kind'], SourceAdapter>> = { encyclopedia, news, weibo, web };
