import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Interrupted } from '@wenlan/crawler';
import type { SourceConfig } from '@wenlan/crawler';
import { emptyPair, exportDataset, openDataset, pairId } from '@wenlan/shards';
import iconv from 'iconv-lite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crawlTestWeb, rowsOf } from './support/crawl-test-web.ts';
import { folderBytes } from './support/folder-bytes.ts';
import { photo, svg } from './support/pictures.ts';
import { startTestWeb } from './support/test-web.ts';
import type { TestWeb } from './support/test-web.ts';

const PICTURES = 40;
let folder: string;
let web: TestWeb;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-lists-'));
  const pictures = Array.from({ length: PICTURES }, (_, number) => [`img.test/${number}.svg`, svg(number)] as const);
  web = await startTestWeb(Object.fromEntries(pictures));
});
afterAll(async () => {
  await web.close();
  await rm(folder, { recursive: true });
});

const listOf = (path: string, more: Partial<SourceConfig> = {}): SourceConfig => ({
  name: 'list',
  kind: 'list',
  seeds: [path],
  ...more,
});

/** Outcomes, URLs and texts of the rows of a list. */
async function crawled(name: string, text: string | null, more: Partial<SourceConfig> = {}): Promise<string[]> {
  if (text !== null) await writeFile(join(folder, name), text);
  const out = join(folder, `raw-${name}`);
  await crawlTestWeb(web, { out, sources: [listOf(join(folder, name), more)] });
  const rows = await rowsOf(out);
  return rows.map(({ outcome, imageUrl, texts }) => {
    const said = texts.map(({ kind, text: words }) => `${kind}:${words}`).join(' ');
    return `${outcome.replace(/:[A-Z2-7]{26}$/, '')} ${imageUrl?.replace('http://img.test/', '')} ${said}`;
  });
}

describe('a list', () => {
  it('of CSV has a row for each of its rows, whatever is wrong with it', async () => {
    const rows = [
      'url,caption',
      'http://img.test/1.svg,"熊猫，吃竹子"',
      'http://img.test/1.svg,同一张图的另一个说明',
      'http://img.test/2.svg,山',
      'http://img.test/1.svg,后来又出现',
      'http://img.test/missing.svg,没有',
      'http://img.test/1.svg',
      ',没有地址',
      'file:///etc/hosts,本机的文件',
      'pictures/a.jpg,相对路径',
    ];
    expect(await crawled('a.csv', rows.join('\n'))).toEqual([
      // Rows that follow one another with one picture are one.
      'ok 1.svg caption:熊猫，吃竹子 caption:同一张图的另一个说明',
      'ok 2.svg caption:山',
      'duplicate 1.svg caption:后来又出现',
      'http-4xx missing.svg caption:没有',
      'filtered:bad-row undefined ',
      'filtered:no-image undefined caption:没有地址',
      'filtered:not-http file:///etc/hosts caption:本机的文件',
      'filtered:not-http pictures/a.jpg caption:相对路径',
    ]);
  });

  it('of TSV, JSON lines and GB18030 is known by its columns, or by those that are named', async () => {
    expect(await crawled('b.tsv', 'title\timage_url\n雪\thttp://img.test/3.svg\n')).toEqual(['ok 3.svg title:雪']);
    const lines = [{ bild: 'http://img.test/4.svg', worte: '月', caption: '不是这个' }, { bild: null }];
    const named = { columns: { image: 'bild', text: 'worte' } };
    expect(await crawled('c.jsonl', lines.map((line) => JSON.stringify(line)).join('\n'), named)).toEqual([
      'ok 4.svg caption:月',
      'filtered:no-image undefined ',
    ]);
    const gbk = iconv.encode('长城上的雪', 'gbk');
    await writeFile(join(folder, 'd.csv'), Buffer.concat([Buffer.from('url,text\nhttp://img.test/5.svg,'), gbk]));
    expect(await crawled('d.csv', null)).toEqual(['ok 5.svg caption:长城上的雪']);
  });

  it('of Parquet, in a folder of several files, keeps pages and ids', async () => {
    const dataset = join(folder, 'listed');
    const writer = await openDataset(dataset, { stage: 'crawl', recipe: {} });
    const urls = [6, 7, 8].map((number) => `http://img.test/${number}.svg`);
    await writer.append(
      urls.map((imageUrl) =>
        emptyPair({
          id: pairId(imageUrl, 'http://page.test/'),
          source: 'web',
          imageUrl,
          pageUrl: 'http://page.test/',
          texts: [{ kind: 'alt', text: '湖' }],
          outcome: 'timeout',
        }),
      ),
    );
    await writer.finish();
    await writer.close();
    await exportDataset(dataset, { out: join(folder, 'parquet'), format: 'parquet' });
    const out = join(folder, 'raw-parquet');
    const summary = await crawlTestWeb(web, { out, sources: [listOf(join(folder, 'parquet'))] });
    expect(summary).toMatchObject({ candidates: 3, byOutcome: { ok: 3 }, bySource: { list: 3 }, pages: 3 });
    const rows = await rowsOf(out);
    expect(rows.map(({ id }) => id)).toEqual(urls.map((url) => pairId(url, 'http://page.test/')));
    expect(rows[0]).toMatchObject({ source: 'list', pageUrl: 'http://page.test/', texts: [{ kind: 'alt', text: '湖' }] });
  });

  it('is gone on with where it was interrupted, and comes out with the same bytes', async () => {
    const path = join(folder, 'long.csv');
    const rows = Array.from({ length: 120 }, (_, number) => `http://img.test/${(number * 7) % PICTURES}.svg,第${number}行`);
    await writeFile(path, ['url,caption', ...rows].join('\n'));
    const whole = join(folder, 'whole');
    const options = { sources: [listOf(path)], maxShardRows: 20 };
    await crawlTestWeb(web, { ...options, out: whole });
    const out = join(folder, 'stopped');
    const abort = new AbortController();
    const stopped = crawlTestWeb(web, {
      ...options,
      out,
      signal: abort.signal,
      onProgress: (event) => event.type === 'page' && event.pagesDone >= 50 && abort.abort(),
    });
    await expect(stopped).rejects.toBeInstanceOf(Interrupted);
    expect(await crawlTestWeb(web, { ...options, out })).toMatchObject({ candidates: 120, byOutcome: { ok: 40, duplicate: 80 } });
    expect(await folderBytes(out)).toEqual(await folderBytes(whole));
  });

  it('that has changed since, or of which only some rows are wanted', async () => {
    const path = join(folder, 'changing.csv');
    await writeFile(path, 'url\nhttp://img.test/1.svg\nhttp://img.test/2.svg\nhttp://img.test/3.svg\n');
    const out = join(folder, 'changing');
    expect(await crawlTestWeb(web, { out, sources: [listOf(path, { maxPages: 2 })] })).toMatchObject({ candidates: 2 });
    await writeFile(path, 'url\nhttp://img.test/9.svg\n');
    await expect(crawlTestWeb(web, { out, sources: [listOf(path, { maxPages: 2 })] })).rejects.toMatchObject({
      exitStatus: 2,
      message: expect.stringContaining('fingerprint'),
    });
  });

  it('that is not there, or columns where there are none, is said in a sentence', async () => {
    const out = join(folder, 'never');
    await expect(crawlTestWeb(web, { out, sources: [listOf(join(folder, 'nowhere.csv'))] })).rejects.toMatchObject({
      code: 'INPUT_MISSING',
    });
    const columns = { image: 'url' };
    const source: SourceConfig = { name: 'w', kind: 'web', seeds: ['http://img.test/'], columns };
    await expect(crawlTestWeb(web, { out, sources: [source] })).rejects.toThrow('has no columns');
    await expect(crawlTestWeb(web, { out, sources: [{ ...listOf(''), seeds: [] }] })).rejects.toThrow('at least one path');
  });
});

describe('folders of this machine', () => {
  it('give their pictures with the texts beside them, and fetch nothing', async () => {
    const pictures = join(folder, 'pictures');
    await mkdir(join(pictures, 'sub'), { recursive: true });
    const jpeg = await photo('jpeg', 1);
    await writeFile(join(pictures, 'a.jpg'), jpeg);
    await writeFile(join(pictures, 'a.txt'), '一只猫');
    await writeFile(join(pictures, 'sub', 'b.png'), await photo('png', 2));
    await writeFile(join(pictures, 'sub', 'b.json'), JSON.stringify({ caption: '一条狗', url: 'http://img.test/b.png' }));
    await writeFile(join(pictures, 'cut.jpg'), jpeg.subarray(0, 200));
    await writeFile(join(pictures, 'text.jpg'), 'no picture');
    web.requests.length = 0;
    const out = join(folder, 'raw-local');
    const summary = await crawlTestWeb(web, { out, sources: [{ name: 'own', kind: 'local', seeds: [pictures] }] });
    expect(summary.byOutcome).toEqual({ ok: 2, decode: 1, 'not-image': 1 });
    const rows = await rowsOf(out);
    expect(rows.map(({ outcome, mime, width, texts }) => [outcome, mime, width, texts[0]?.text])).toEqual([
      ['ok', 'image/jpeg', 40, '一只猫'],
      ['decode', null, null, undefined],
      ['ok', 'image/png', 40, '一条狗'],
      ['not-image', null, null, undefined],
    ]);
    expect(rows[0]).toMatchObject({ source: 'local', imageUrl: null, pageUrl: null, image: new Uint8Array(jpeg) });
    expect(web.requests).toEqual([]);
  });

  it('read one file of captions, in the folder or named itself', async () => {
    const pictures = join(folder, 'captioned');
    await mkdir(pictures);
    await writeFile(join(pictures, 'a.svg'), svg(1));
    await writeFile(join(pictures, 'captions.csv'), 'file_name,caption\na.svg,圆\nb.svg,没有\n');
    for (const [number, seed] of [pictures, join(pictures, 'captions.csv')].entries()) {
      const out = join(folder, `raw-captioned-${number}`);
      await crawlTestWeb(web, { out, sources: [{ name: 'own', kind: 'local', seeds: [seed] }] });
      const rows = await rowsOf(out);
      expect(rows.map(({ outcome, texts }) => [outcome, texts[0]?.text])).toEqual([
        ['ok', '圆'],
        ['filtered:file-missing', '没有'],
      ]);
    }
  });

  it('with a picture beyond the limits keep its row', async () => {
    const pictures = join(folder, 'big');
    await mkdir(pictures);
    await writeFile(join(pictures, 'a.png'), await photo('png', 1, 60, 60));
    const sources: SourceConfig[] = [{ name: 'own', kind: 'local', seeds: [pictures] }];
    const few = await crawlTestWeb(web, { out: join(folder, 'raw-pixels'), sources, maxPixels: 100 });
    expect(few.byOutcome).toEqual({ 'too-big': 1 });
    const short = await crawlTestWeb(web, { out: join(folder, 'raw-bytes'), sources, maxImageBytes: 100 });
    expect(short.byOutcome).toEqual({ 'too-big': 1 });
  });
});
