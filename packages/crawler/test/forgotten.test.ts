import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forgetPairs, readManifest } from '@wenlan/shards';
import type { Pair } from '@wenlan/shards';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { crawlTestWeb, rowsOf } from './support/crawl-test-web.ts';
import { svg } from './support/pictures.ts';
import { startTestWeb } from './support/test-web.ts';
import type { TestWeb } from './support/test-web.ts';

let folder: string;
let web: TestWeb;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-forgotten-'));
  web = await startTestWeb({
    'site.test/': '<img src="/1.svg" alt="山"><img src="/2.svg" alt="水"><a href="/b">b</a>',
    // Another address of the first picture, and the second on another page.
    'site.test/b': '<img src="/copy-of-1.svg" alt="又是山"><img src="/2.svg" alt="又是水"><img src="/3.svg" alt="云">',
    'site.test/1.svg': svg(1),
    'site.test/copy-of-1.svg': svg(1),
    'site.test/2.svg': svg(2),
    'site.test/3.svg': svg(3),
  });
});
afterEach(async () => {
  await web.close();
  await rm(folder, { recursive: true });
});

async function crawled(name: string, forgottenIn: string[] = []): Promise<Pair[]> {
  const out = join(folder, name);
  const sources = [{ name: 'site', kind: 'web' as const, seeds: ['http://site.test/'] }];
  await crawlTestWeb(web, { out, sources, forgottenIn: forgottenIn.map((other) => join(folder, other)) });
  return rowsOf(out);
}

describe('what was forgotten in another dataset', () => {
  it('does not come back through a fresh crawl, on whatever page and at whatever address it stands', async () => {
    const first = await crawled('first');
    expect(first.map(({ outcome }) => outcome.replace(/:.*/, ''))).toEqual(['ok', 'ok', 'ok', 'duplicate', 'ok']);
    await forgetPairs(join(folder, 'first'), {
      sha256s: [Buffer.from(first[0]!.sha256!).toString('hex')],
      urls: ['http://site.test/2.svg'],
    });
    const again = await crawled('again', ['first']);
    expect(again.map(({ id }) => id)).toEqual(first.map(({ id }) => id));
    expect(again.map(({ outcome }) => outcome)).toEqual(['forgotten', 'forgotten', 'forgotten', 'forgotten', 'ok']);
    for (const { outcome, image, texts } of again)
      expect([image !== null, texts.length]).toEqual(outcome === 'ok' ? [true, 1] : [false, 0]);
    expect((await readManifest(join(folder, 'again'))).totals.byOutcome).toEqual({ forgotten: 4, ok: 1 });

    // It is handed on: a crawl that heeds only the second dataset knows it too.
    const third = await crawled('third', ['again']);
    expect(third.map(({ outcome }) => outcome)).toEqual(again.map(({ outcome }) => outcome));
    expect((await crawled('heedless')).map(({ outcome }) => outcome.replace(/:.*/, ''))).toEqual([
      'ok',
      'ok',
      'ok',
      'duplicate',
      'ok',
    ]);
  });

  it('is to be in a dataset that exists', async () => {
    await expect(crawled('never', ['nowhere'])).rejects.toMatchObject({ exitStatus: 2 });
  });
});
