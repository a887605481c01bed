import { commoncrawl } from './commoncrawl.ts';
import { encyclopedia } from './encyclopedia.ts';
import type { FileSourceAdapter } from './file-source.ts';
import { list } from './list.ts';
import { local } from './local.ts';
import { news } from './news.ts';
import type { SourceAdapter, SourceConfig } from './source-adapter.ts';
import { weibo } from './weibo.ts';
import { web } from './web.ts';

/** The adapter that reads each kind of source. */
export const BUILT_IN_ADAPTERS: Readonly<Record<SourceConfig['kind'], SourceAdapter | FileSourceAdapter>> = {
  encyclopedia,
  news,
  weibo,
  web,
  commoncrawl,
  list,
  local,
};

/** Whether a kind of source is read from files. */
export const isFileSource = (adapter: SourceAdapter | FileSourceAdapter): adapter is FileSourceAdapter => 'open' in adapter;
