import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { crawlTestWeb, rowsOf } from './support/crawl-test-web.ts';
import { svg } from './support/pictures.ts';
import { startTestWeb } from './support/test-web.ts';
import type { Route, TestWeb } from './support/test-web.ts';

const PAGES = 6;

let folder: string;
let web: TestWeb | undefined;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'wenlan-hosts-'))));
afterEach(async () => {
  await web?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A page that links to all others of its host, each with a picture of its own. */
function site(host: string, robots?: string): Record<string, Route> {
  const links = Array.from({ length: PAGES }, (_, number) => `<a href="/${number}">${number}</a>`).join('');
  const pages = Array.from({ length: PAGES }, (_, number) => [
    [`${host}/${number}`, `<html><title>页</title><p>一些文字</p><img src="/${number}.svg" alt="图片">${links}</html>`] as const,
    [`${host}/${number}.svg`, svg(number)] as const,
  ]).flat();
  return { ...Object.fromEntries(pages), ...(robots !== undefined && { [`${host}/robots.txt`]: robots }) };
}

const source = (host: string, more: object = {}) => ({ name: host, kind: 'web' as const, seeds: [`http://${host}/0`], ...more });

/** Which source's page each row is of. */
async function order(out: string): Promise<string> {
  return (await rowsOf(out)).map(({ pageUrl }) => new URL(pageUrl!).hostname[0]).join('');
}

it('a source with three times the weight has three pages for one of the other', async () => {
  web = await startTestWeb({ ...site('a.test'), ...site('b.test') });
  const sources = [source('a.test'), source('b.test', { weight: 3 })];
  for (const concurrency of [1, 16]) {
    const out = join(folder, `${concurrency}`);
    await crawlTestWeb(web, { out, sources, concurrency });
    expect(await order(out)).toBe('abbbabbbaaaa');
  }
});

it('a site that asks for a longer wait has a turn as seldom, and the others do not wait for it', async () => {
  web = await startTestWeb({ ...site('a.test', 'User-agent: *\nCrawl-delay: 1'), ...site('b.test') });
  const out = join(folder, 'delayed');
  const sources = [source('a.test', { maxPages: 2 }), source('b.test')];
  await crawlTestWeb(web, { out, sources, perHost: { requestsPerSecond: 100_000, concurrency: 4 } });
  expect(await order(out)).toBe('abbabbbb');
});

it('takes so many pages of a host', async () => {
  web = await startTestWeb({ ...site('a.test'), ...site('b.test') });
  const out = join(folder, 'pages');
  await crawlTestWeb(web, {
    out,
    sources: [{ ...source('a.test'), seeds: ['http://a.test/0', 'http://b.test/0'] }],
    maxPagesPerHost: 2,
  });
  expect([...(await order(out))].toSorted().join('')).toBe('aabb');
});
