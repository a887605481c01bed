import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { SourceConfig } from '@wenlan/crawler';
import iconv from 'iconv-lite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WARCRecord, WARCSerializer } from 'warcio';
import { crawlTestWeb, rowsOf } from './support/crawl-test-web.ts';
import { svg } from './support/pictures.ts';
import { startTestWeb } from './support/test-web.ts';
import type { Handler, TestWeb } from './support/test-web.ts';

let folder: string;
let warc: string;
let wat: string;
let web: TestWeb;
/** How often the archive was asked for, and from which byte. */
const ranges: string[] = [];

/** Sends half of the archive and breaks, then the rest to whoever asks for it. */
const breaking: Handler = async ({ method, headers }, response) => {
  const bytes = await readFile(warc);
  if (method === 'HEAD') return response.writeHead(200).end();
  const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
  ranges.push(headers.range ?? 'all');
  response.writeHead(from === 0 ? 200 : 206, { 'content-length': bytes.length - from });
  if (from > 0) return response.end(bytes.subarray(from));
  return response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy());
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-warc-'));
  warc = join(folder, 'a.warc.gz');
  wat = join(folder, 'a.warc.wat');
  await writeFile(
    warc,
    Buffer.concat(await Promise.all(responses().map((record) => WARCSerializer.serialize(record, { gzip: true })))),
  );
  await writeFile(wat, Buffer.concat(await Promise.all(metadata().map((record) => WARCSerializer.serialize(record)))));
  web = await startTestWeb({
    'img.test/1.svg': svg(1),
    'img.test/2.svg': svg(2),
    'archive.test/a.warc.gz': breaking,
    'archive.test/moved': { status: 302, headers: { location: '/a.warc.gz' } },
    'archive.test/not': 'this is no archive',
    'shut.test/robots.txt': 'User-agent: *\nDisallow: /',
  });
});
afterAll(async () => {
  await web.close();
  await rm(folder, { recursive: true });
});

function response(
  url: string,
  body: string | Buffer,
  httpHeaders: Record<string, string> = {},
  statusline = 'HTTP/1.1 200 OK',
): WARCRecord {
  const headers = { 'content-type': 'text/html', ...httpHeaders };
  const options = { url, type: 'response' as const, date: '2026-01-02T03:04:05Z', httpHeaders: headers, statusline };
  return WARCRecord.create(options, [Buffer.from(body)]);
}

function responses(): WARCRecord[] {
  const figure = (number: number, text: string): string =>
    `<figure><img src="http://img.test/${number}.svg" alt="图"><figcaption>${text}</figcaption></figure>`;
  return [
    WARCRecord.createWARCInfo({ filename: 'a.warc.gz' }, { software: 'test' }),
    WARCRecord.create({ url: 'http://a.test/', type: 'request', statusline: 'GET / HTTP/1.1' }, [Buffer.from('')]),
    response('http://a.test/', `<title>首页</title>${figure(1, '熊猫')}`),
    response('http://b.test/old', iconv.encode(`<meta charset="gb2312"><title>旧站</title>${figure(2, '长城')}`, 'gb18030')),
    response('http://b.test/zip', gzipSync(`<title>压缩</title>${figure(2, '故宫')}`), { 'content-encoding': 'gzip' }),
    response('http://c.test/', `<title>Latin</title>${figure(1, 'panda')}`.replace('图', 'x')),
    response('http://d.test/', `<title>保留</title>${figure(1, '保留')}`, { 'tdm-reservation': '1' }),
    response('http://e.test/', '<title>没有</title>', {}, 'HTTP/1.1 404 Not Found'),
    response('http://f.test/data', '{"图":1}', { 'content-type': 'application/json' }),
    response('http://g.test/', `<title>太大</title>${'长'.repeat(9_000)}`),
  ];
}

function metadata(): WARCRecord[] {
  const html = {
    Head: { Title: '公园', Metas: [{ name: 'keywords', content: '花，树' }], Base: 'http://img.test/' },
    Links: [
      { path: 'IMG@/src', url: '1.svg', alt: '荷花', title: '夏天' },
      { path: 'A@/href', url: '/next' },
    ],
  };
  const envelope = (uri: string, page: unknown, headers = {}): WARCRecord => {
    const response = { Headers: headers, ...(page !== null && { 'HTML-Metadata': page }) };
    const json = {
      Envelope: {
        'WARC-Header-Metadata': { 'WARC-Target-URI': uri },
        'Payload-Metadata': { 'HTTP-Response-Metadata': response },
      },
    };
    const options = {
      url: uri,
      type: 'metadata' as const,
      date: '2026-01-02T03:04:05Z',
      warcHeaders: { 'Content-Type': 'application/json' },
    };
    return WARCRecord.create(options, [Buffer.from(JSON.stringify(json))]);
  };
  return [
    envelope('http://a.test/park', html),
    envelope('http://a.test/none', null),
    envelope('http://a.test/no', html, { 'X-Robots-Tag': 'noai' }),
  ];
}

const archive = (...seeds: string[]): SourceConfig[] => [{ name: 'archive', kind: 'commoncrawl', seeds }];

async function texts(out: string): Promise<unknown[]> {
  const rows = await rowsOf(out);
  return rows.map((row) => [
    row.outcome.replace(/:.*/, ''),
    row.pageUrl,
    ...row.texts.map(({ kind, text }) => `${kind}:${text}`),
  ]);
}

describe('an archive of the web', () => {
  it('gives the pictures of its Chinese pages, and fetches nothing else', async () => {
    web.requests.length = 0;
    const out = join(folder, 'warc');
    const summary = await crawlTestWeb(web, { out, sources: archive(warc), maxPageBytes: 20_000 });
    expect(await texts(out)).toEqual([
      ['ok', 'http://a.test/', 'alt:图', 'caption:熊猫', 'title:首页'],
      ['ok', 'http://b.test/old', 'alt:图', 'caption:长城', 'title:旧站'],
      ['duplicate', 'http://b.test/zip', 'alt:图', 'caption:故宫', 'title:压缩'],
      ['opt-out', 'http://d.test/', 'alt:图', 'caption:保留'],
    ]);
    expect(summary.pagesByOutcome).toEqual({ ok: 4, 'not-chinese': 1, 'too-big': 1 });
    const [row] = await rowsOf(out);
    expect(row).toMatchObject({ source: 'commoncrawl', consent: { robots: 'allow', tdm: null } });
    expect(web.requests.toSorted()).toEqual(['img.test/1.svg', 'img.test/2.svg', 'img.test/robots.txt']);
  });

  it('of WAT records gives alternative texts, titles and keywords', async () => {
    const out = join(folder, 'wat');
    await crawlTestWeb(web, { out, sources: archive(wat) });
    const said = ['alt:荷花', 'title:夏天', 'title:公园', 'tag:花', 'tag:树'];
    expect(await texts(out)).toEqual([
      ['ok', 'http://a.test/park', ...said],
      ['opt-out', 'http://a.test/no', ...said],
    ]);
    const [, refused] = await rowsOf(out);
    expect(refused!.consent).toMatchObject({ xRobotsTag: 'noai' });
  });

  it('may be named by URL: it is streamed, and taken up where a connection broke', async () => {
    const out = join(folder, 'remote');
    const summary = await crawlTestWeb(web, { out, sources: archive('http://archive.test/moved'), maxPageBytes: 20_000 });
    expect(summary.byOutcome).toEqual({ ok: 2, duplicate: 1, 'opt-out': 1 });
    expect(ranges).toEqual(['all', expect.stringMatching(/^bytes=\d+-$/)]);
  });

  it('takes only the hosts of its scope', async () => {
    const out = join(folder, 'scope');
    await crawlTestWeb(web, { out, sources: [{ ...archive(warc)[0]!, scope: ['b.test/old'] }] });
    expect((await rowsOf(out)).map(({ pageUrl }) => pageUrl)).toEqual(['http://b.test/old']);
  });

  it.each([
    ['nowhere.warc.gz', 'INPUT_MISSING', 'check the path'],
    ['http://archive.test/gone', 'DOWNLOAD_FAILED', 'status 404'],
    ['http://archive.test/not', 'WARC_DAMAGED', ''],
    ['http://shut.test/a.warc.gz', 'DOWNLOAD_FAILED', 'robots.txt forbids it'],
  ])('%s is refused in a sentence', async (seed, code, words) => {
    const crawling = crawlTestWeb(web, { out: join(folder, 'never'), sources: archive(seed) });
    await expect(crawling).rejects.toMatchObject({ code, exitStatus: 2, message: expect.stringContaining(words) });
  });

  it('that ends in the middle of a record is refused', async () => {
    const cut = join(folder, 'cut.warc.gz');
    const chunks: Buffer[] = [];
    for await (const chunk of createReadStream(warc, { end: 900 })) chunks.push(chunk as Buffer);
    await writeFile(cut, Buffer.concat(chunks));
    await expect(crawlTestWeb(web, { out: join(folder, 'cut'), sources: archive(cut) })).rejects.toMatchObject({
      code: 'WARC_DAMAGED',
    });
  });
});
