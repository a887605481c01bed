import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { UserError } from '@wenlan/shards';
import { WARCParser } from 'warcio';
import { NOTHING_SAID } from '../consent/opt-out.ts';
import { extractPage, isHttp } from '../pipeline/read-page.ts';
import type { ReadPage } from '../pipeline/read-page.ts';
import { Scope } from '../pipeline/scope.ts';
import type { FileSourceAdapter, FileSourceContext } from './file-source.ts';
import { web } from './web.ts';
import { pageOfResponse } from '../warc/page-of-response.ts';
import { readWat } from '../warc/read-wat.ts';
import { unpacked } from '../warc/unpacked.ts';

const HAN = /\p{Script=Han}/u;

/**
 * Common Crawl, or any archive of the web: WARC files, whose HTML is read as that of `web` is, and WAT files, which hold the
 * addresses and alternative texts of pictures only. Files of this machine, or URLs, which are streamed. No page is fetched, only
 * pictures. A page without a Chinese character is counted as `not-chinese` and gives nothing; `scope` leaves out hosts.
 */
export const commoncrawl: FileSourceAdapter = {
  kind: 'commoncrawl',
  async open({ seeds, scope }, context) {
    const sizes = await Promise.all(seeds.map(sizeOf));
    const inScope = scope === undefined ? null : new Scope({ scope, seeds: [] });
    return {
      fingerprint: seeds.map((seed, index) => `${basename(seed)} ${sizes[index]}`).join(', '),
      async *pages() {
        for (const seed of seeds) yield* pagesOfArchive(seed, inScope, context);
      },
    };
  },
};

/** @throws UserError INPUT_MISSING */
async function sizeOf(seed: string): Promise<number | null> {
  if (isHttp(seed)) return null;
  const stats = await stat(seed).catch(() => null);
  if (stats?.isFile() === true) return stats.size;
  throw new UserError('INPUT_MISSING', `There is no WARC or WAT file at ${seed}; check the path.`);
}

async function* pagesOfArchive(
  seed: string,
  scope: Scope | null,
  context: FileSourceContext,
): AsyncGenerator<ReadPage, void, undefined> {
  const bytes: AsyncIterable<Uint8Array> = isHttp(seed) ? context.download(new URL(seed)) : createReadStream(seed);
  let records = 0;
  try {
    for await (const record of WARCParser.iterRecords(unpacked(bytes))) {
      if (record.warcType === undefined) throw new Error('it holds no WARC record');
      records += 1;
      const url = record.warcTargetURI ?? '';
      if (!isHttp(url) || scope?.includes(url, []) === false) continue;
      if (record.warcType === 'response') {
        const page = await pageOfResponse(record, context.maxPageBytes);
        if (page === 'too-big') yield failed(url, 'too-big', `more than ${context.maxPageBytes} bytes`);
        else if (page !== null) {
          yield await chinese(url, page.text, () => extractPage(web, page, context.product));
        }
      } else if (record.warcType === 'metadata' && /json/.test(record.warcContentType ?? '')) {
        const text = await record.contentText();
        const read = readWat(text, url, context.product);
        if (read !== null) yield await chinese(url, read.text, () => Promise.resolve(read));
      }
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      'WARC_DAMAGED',
      `${seed} can't be read after record ${records} (${(error as Error).message}); fetch that file again, or name a WARC or WAT file.`,
      { cause: error },
    );
  }
}

/** What a page gives if there is any Chinese in it. */
async function chinese(
  url: string,
  text: string,
  read: () => Promise<Omit<ReadPage, 'requests' | 'crawlDelaySeconds' | 'validator'>>,
): Promise<ReadPage> {
  if (!HAN.test(text)) return failed(url, 'not-chinese', 'it holds no Chinese character');
  try {
    return { ...(await read()), links: [], validator: null, requests: 0, crawlDelaySeconds: 0 };
  } catch (error) {
    return failed(url, 'unreadable', (error as Error).message);
  }
}

const failed = (url: string, outcome: string, detail: string): ReadPage => ({
  outcome,
  detail,
  url,
  candidates: [],
  links: [],
  reservation: NOTHING_SAID,
  optOut: null,
  validator: null,
  requests: 0,
  crawlDelaySeconds: 0,
});
