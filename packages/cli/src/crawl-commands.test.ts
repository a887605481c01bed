import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPairs } from '@wenlan/shards';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runWenlan } from '../test/support/run-wenlan.ts';

let folder: string;
let server: Server;
let seed: string;
let isIll = true;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-crawl-commands-'));
  server = createServer((request, response) => {
    if (request.url === '/') response.writeHead(200, { 'content-type': 'text/html' }).end('<img src="/a.svg" alt="shan">');
    else if (request.url !== '/a.svg') response.writeHead(404).end();
    else if (isIll) response.writeHead(403).end();
    else response.end('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  seed = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

describe('crawl and retry without a config', () => {
  it('crawls one source in one line, and fetches again what failed', async () => {
    const out = join(folder, 'raw');
    const fetching = ['--contact', 'crawl@example.org', '--allow-address', '127.0.0.0/8'];
    const flags = ['--source', 'web', '--seed', seed, '--max-pages', '5', ...fetching];
    const crawled = await runWenlan('crawl', ...flags, '--out', out, '--json');
    expect(crawled.status, crawled.err).toBe(0);
    expect(JSON.parse(crawled.out)).toMatchObject({
      candidates: 1,
      pages: 1,
      byOutcome: { 'http-4xx': 1 },
      bySource: { web: 1 },
    });
    const lines = (await runWenlan('crawl', ...flags, '--out', out)).out
      .split('\n')
      .map((line) => line.trim().replaceAll(/ +/g, ' '));
    expect(lines.slice(1)).toEqual([
      'Pictures by outcome and source',
      'web all',
      'http-4xx 1 1 100.0 %',
      'Hosts that failed most, pages and pictures',
      expect.stringMatching(/^127\.0\.0\.1\S* http-4xx 1$/),
      expect.stringContaining('1 of 1 pictures gave http-4xx'),
      '',
    ]);
    isIll = false;
    const retried = await runWenlan('retry', out, '--where', 'outcome in (timeout, http-4xx)', ...fetching, '--json');
    expect(retried.status, retried.err).toBe(0);
    expect(JSON.parse(retried.out)).toEqual({ dataset: out, rows: 1, shardsRewritten: 1, byOutcome: { ok: 1 } });
  });

  it('brings back nothing that another dataset forgets', async () => {
    const flags = ['--source', 'web', '--seed', seed, '--contact', 'crawl@example.org', '--allow-address', '127.0.0.0/8'];
    const raw = join(folder, 'raw');
    expect((await runWenlan('forget', raw, '--url', `${seed}a.svg`)).status).toBe(0);
    const again = await runWenlan('crawl', ...flags, '--forgotten-in', raw, '--out', join(folder, 'again'), '--json');
    expect(again.status, again.err).toBe(0);
    expect(JSON.parse(again.out)).toMatchObject({ byOutcome: { forgotten: 1 } });
    const mistyped = await runWenlan('crawl', ...flags, '--forgotten-in', join(folder, 'rwa'), '--out', join(folder, 'never'));
    expect(mistyped).toMatchObject({ status: 2, err: expect.stringContaining('rwa') as string });
  });

  it('says which flags are missing', async () => {
    const out = join(folder, 'never');
    const alone = await runWenlan('crawl', '--source', 'web', '--out', out);
    expect(alone).toMatchObject({ status: 2 });
    expect(alone.err).toContain('needs --source, --seed, --contact; give --seed and --contact too.');
    const both = await runWenlan('crawl', '--source', 'web', '--config', 'x.yaml', '--out', out);
    expect(both.err).toContain("--source and --config don't go together");
    expect((await runWenlan('crawl', '--source', 'gopher', '--out', out)).status).toBe(2);
    expect((await runWenlan('retry', out, '--where', 'outcome = dns')).err).toContain('give --contact');
  });
});

describe('a crawl of a list', () => {
  it('takes the names of its columns, and a config with every key of the crawler', async () => {
    isIll = false;
    const list = join(folder, 'list.csv');
    await writeFile(list, `bild,wort\n${seed}a.svg,山\n${seed}gone.svg,水\n`);
    const fetching = ['--contact', 'crawl@example.org', '--allow-address', '127.0.0.0/8'];
    const named = ['--source', 'list', '--seed', list, '--url-col', 'bild', '--caption-col', 'wort'];
    const crawled = await runWenlan('crawl', ...named, ...fetching, '--out', join(folder, 'listed'), '--json');
    expect(crawled.status, crawled.err).toBe(0);
    expect(JSON.parse(crawled.out)).toMatchObject({ candidates: 2, byOutcome: { ok: 1, 'http-4xx': 1 }, bySource: { list: 2 } });

    const config = join(folder, 'list.yaml');
    const source = { name: 'list', kind: 'list', seeds: [list], weight: 2, columns: { image: 'bild', text: 'wort' } };
    const crawl = {
      contact: 'crawl@example.org',
      sources: [source],
      allowAddresses: ['127.0.0.0/8'],
      bytesPerSecond: 1e6,
      maxPixels: 50,
      maxPageBytes: 1e6,
      maxImageBytes: 1e6,
      maxPagesPerHost: 9,
      limits: { maxDecompressionRatio: 10, retries: 0, totalTimeoutMillis: 60_000 },
    };
    await writeFile(config, JSON.stringify({ crawl }));
    const configured = await runWenlan('crawl', '--config', config, '--out', join(folder, 'configured'), '--json');
    expect(configured.status, configured.err).toBe(0);
    expect(JSON.parse(configured.out)).toMatchObject({ byOutcome: { 'too-big': 1, 'http-4xx': 1 } });

    const fitted = ['--resize', 'border', '--resize-size', '16', '--resize-format', 'png'];
    const resized = await runWenlan('crawl', ...named, ...fetching, ...fitted, '--out', join(folder, 'resized'), '--json');
    expect(resized.status, resized.err).toBe(0);
    for await (const [row] of readPairs(join(folder, 'resized'))) {
      expect(row).toMatchObject({ outcome: 'ok', mime: 'image/png', width: 16, height: 16 });
    }
    const lone = await runWenlan('crawl', ...named, ...fetching, '--resize-size', '16', '--out', join(folder, 'never'));
    expect(lone).toMatchObject({ status: 2, err: expect.stringContaining('need its mode') });
    const never = ['--resize', 'border', '--resize-quality', '101', '--out', join(folder, 'never')];
    expect(await runWenlan('crawl', ...named, ...fetching, ...never)).toMatchObject({
      status: 2,
      err: expect.stringContaining('resize.quality is 101'),
    });

    await writeFile(config, JSON.stringify({ crawl: { ...crawl, limits: { maxDecompresionRatio: 10 } } }));
    const wrong = await runWenlan('crawl', '--config', config, '--out', join(folder, 'never'));
    expect(wrong).toMatchObject({
      status: 2,
      err: expect.stringContaining('"crawl.limits.maxDecompresionRatio" is not a known key'),
    });
    const missing = await runWenlan(
      'crawl',
      '--source',
      'local',
      '--seed',
      join(folder, 'nowhere'),
      ...fetching,
      '--out',
      join(folder, 'never'),
    );
    expect(missing).toMatchObject({ status: 2, err: expect.stringContaining('There is nothing at') });
  });
});
