import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Interrupted } from '@wenlan/crawler';
import type { SourceConfig } from '@wenlan/crawler';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crawlTestWeb, rowsOf } from './support/crawl-test-web.ts';
import { folderBytes } from './support/folder-bytes.ts';
import { svg } from './support/pictures.ts';
import { startTestWeb } from './support/test-web.ts';
import type { TestWeb } from './support/test-web.ts';

const PAGES = 12;
let folder: string;
let web: TestWeb;

/** A chain of pages about one thing, the first linked from the seed; each has one picture. */
const chain = (name: string, tag: string, first: number): [string, string | Buffer][] =>
  Array.from({ length: PAGES }, (_, number): [string, string | Buffer][] => [
    [
      `site.test/${name}/${number}`,
      `<meta name="keywords" content="${tag}"><img src="/${name}/${number}.svg"><a href="/${name}/${number + 1}">下一页</a>`,
    ],
    [`site.test/${name}/${number}.svg`, svg(first + number)],
  ]).flat();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-coverage-'));
  web = await startTestWeb({
    'site.test/': '<a href="/panda/0">熊猫</a><a href="/lake/0">湖</a>',
    ...Object.fromEntries([...chain('panda', '熊猫', 0), ...chain('lake', '湖泊', 100)]),
  });
});
afterAll(async () => {
  await web.close();
  await rm(folder, { recursive: true });
});

const sources: SourceConfig[] = [{ name: 'site', kind: 'web', seeds: ['http://site.test/'], maxPages: 15 }];

async function tags(out: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { outcome, texts } of await rowsOf(out)) {
    const key = `${texts.find(({ kind }) => kind === 'tag')!.text} ${outcome}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

describe('what there is', () => {
  it('lets links of what is plentiful wait, so that a budget goes to what is rare', async () => {
    const even = join(folder, 'even');
    await crawlTestWeb(web, { out: even, sources });
    expect(await tags(even)).toEqual({ '熊猫 ok': 7, '湖泊 ok': 7 });
    const out = join(folder, 'steered');
    await crawlTestWeb(web, { out, sources: [{ ...sources[0]!, maxPages: 18 }], coverage: { plentiful: 3 } });
    const whole = await tags(out);
    expect(whole['熊猫 ok']! + whole['湖泊 ok']!).toBe(17);
    // Both wait once there are three of each; a page is still overtaken by one that is about what is rare.
    const rows = await rowsOf(out);
    expect(rows).toHaveLength(17);
  });

  it('is not fetched beyond its cap, and has its row', async () => {
    const out = join(folder, 'capped');
    const summary = await crawlTestWeb(web, { out, sources, coverage: { caps: { 熊猫: 2 } } });
    expect(await tags(out)).toEqual({ '熊猫 ok': 2, '熊猫 filtered:concept-cap': 5, '湖泊 ok': 7 });
    expect(summary.advice.at(-1)).toContain('coverage.caps');
  });

  it('is counted the same after an interruption', async () => {
    const options = { sources, coverage: { plentiful: 2, caps: { 熊猫: 4 } }, maxShardRows: 3 };
    const whole = join(folder, 'whole');
    await crawlTestWeb(web, { ...options, out: whole });
    const out = join(folder, 'stopped');
    const abort = new AbortController();
    const onProgress = ({ type }: { type: string }): void => void (type === 'page' && abort.abort());
    await expect(crawlTestWeb(web, { ...options, out, signal: abort.signal, onProgress })).rejects.toBeInstanceOf(Interrupted);
    await crawlTestWeb(web, { ...options, out });
    expect(await folderBytes(out)).toEqual(await folderBytes(whole));
  });

  it('needs numbers that can be reached', async () => {
    const crawling = crawlTestWeb(web, { out: join(folder, 'never'), sources, coverage: { caps: { 熊猫: 0 } } });
    await expect(crawling).rejects.toThrow('coverage of "熊猫" is 0');
  });
});
