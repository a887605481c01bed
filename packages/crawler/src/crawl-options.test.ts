import { describe, expect, it } from 'vitest';
import { checkCrawlOptions } from './crawl-options.ts';
import type { CrawlOptions } from './crawl-options.ts';
import type { SourceConfig } from './sources/source-adapter.ts';

const SOURCE: SourceConfig = { name: 'a', kind: 'web', seeds: ['http://a.test/'] };
const GOOD: CrawlOptions = { out: 'raw', sources: [SOURCE], contact: 'me@example.org', clock: () => 0, seed: 1 };
const withSource = (more: object): Partial<CrawlOptions> => ({ sources: [{ ...SOURCE, ...more }] });

describe(checkCrawlOptions, () => {
  it.each<[Partial<CrawlOptions>, string]>([
    [{ contact: ' ' }, 'The contact is empty; give a mail address or a page by which a site can reach you.'],
    [{ contact: 'me' }, 'Nobody can be reached by the contact "me"; give a mail address or the https URL of a page.'],
    [{ contact: '我\n' }, `The contact "我\n" has characters that a header can't carry; write it in ASCII.`],
    [
      { userAgent: 'Mozilla/5.0 (X11)' },
      'The user agent "Mozilla/5.0 (X11)" is no product with a version; write it as wenlan/0.1.',
    ],
    [{ sources: [] }, 'There are no sources; name at least one with its seeds.'],
    [{ sources: [SOURCE, SOURCE] }, 'Two sources are named "a"; give each its own name.'],
    [withSource({ seeds: [] }), 'The source "a" has no seeds; name at least one URL.'],
    [
      withSource({ seeds: ['a.test'] }),
      'The seed "a.test" of the source "a" is no http or https URL; write it whole, such as https://www.example.cn/.',
    ],
    [
      withSource({ seeds: ['http://'] }),
      'The seed "http://" of the source "a" is no http or https URL; write it whole, such as https://www.example.cn/.',
    ],
    [
      withSource({ seeds: ['ftp://a.test/'] }),
      'The seed "ftp://a.test/" of the source "a" is no http or https URL; write it whole, such as https://www.example.cn/.',
    ],
    [
      withSource({ kind: 'blog' }),
      'The source "a" is of the kind "blog"; use encyclopedia, news, weibo, web, commoncrawl, list, local, or give an adapter.',
    ],
    [withSource({ maxPages: 0 }), 'maxPages of the source "a" is 0; give a whole number of at least 1.'],
    [withSource({ maxDepth: -1 }), 'maxDepth of the source "a" is -1; give a whole number of at least 0.'],
    [withSource({ weight: 0 }), 'weight of the source "a" is 0; give a number above 0.'],
    [{ concurrency: 0 }, 'concurrency is 0; give a whole number of at least 1.'],
    [{ maxImageBytes: 1.5 }, 'maxImageBytes is 1.5; give a whole number of at least 1.'],
    [{ perHost: { concurrency: 0 } }, 'perHost.concurrency is 0; give a whole number of at least 1.'],
    [{ bytesPerSecond: 0 }, 'bytesPerSecond is 0; give a number of at least 1.'],
    [{ maxPixels: Number.NaN }, 'maxPixels is NaN; give a number of at least 1.'],
    [{ maxPagesPerHost: 0 }, 'maxPagesPerHost is 0; give a number of at least 1.'],
    [{ perHost: { requestsPerSecond: Number.NaN } }, 'perHost.requestsPerSecond is NaN; give a number above 0.'],
  ])('%j', (wrong, sentence) => {
    let thrown: unknown;
    try {
      checkCrawlOptions({ ...GOOD, ...wrong });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: 'CRAWL_OPTIONS', exitStatus: 2, message: sentence });
  });

  it('fills in what is left out', () => {
    expect(checkCrawlOptions(GOOD)).toMatchObject({
      userAgent: 'wenlan/0.1',
      product: 'wenlan',
      concurrency: 32,
      perHost: { requestsPerSecond: 2, concurrency: 2 },
      limits: { totalTimeoutMillis: 120_000 },
      sources: [{ ...SOURCE, maxPages: 1000 }],
    });
    expect(checkCrawlOptions({ ...GOOD, perHost: { requestsPerSecond: 0.5 }, limits: { retries: 0 } })).toMatchObject({
      perHost: { requestsPerSecond: 0.5, concurrency: 2 },
      limits: { retries: 0, maxRedirects: 5 },
    });
  });
});
