import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { startTestWeb } from '../../test/support/test-web.ts';
import type { Route, TestWeb } from '../../test/support/test-web.ts';
import { checkCrawlOptions } from '../crawl-options.ts';
import type { CrawlOptions } from '../crawl-options.ts';
import { createFetcher } from './create-fetcher.ts';
import type { Fetcher, FetchRequest, FetchResult } from './fetcher.ts';

const MAX_BYTES = 10_000;
const NONE: Route = { status: 404 };

let web: TestWeb | undefined;
let fetcher: Fetcher | undefined;
afterEach(async () => {
  await fetcher?.close();
  await web?.close();
});

async function serve(routes: Record<string, Route>, options: Partial<CrawlOptions> = {}): Promise<void> {
  web = await startTestWeb({ 'a.test/robots.txt': NONE, ...routes });
  fetcher = createFetcher(
    checkCrawlOptions({
      out: '',
      sources: [{ name: 'a', kind: 'web', seeds: ['http://a.test/'] }],
      contact: 'crawl@example.org',
      clock: () => 0,
      seed: 1,
      connectTo: web.connectTo,
      allowAddresses: ['127.0.0.0/8'],
      perHost: { requestsPerSecond: 100_000, concurrency: 8 },
      ...options,
      limits: { retries: 2, retryBaseMillis: 1, firstByteTimeoutMillis: 2_000, idleTimeoutMillis: 2_000, ...options.limits },
    }),
  );
}

const get = (url = 'http://a.test/x', more: Partial<FetchRequest> = {}): Promise<FetchResult> =>
  fetcher!.fetch({ url: new URL(url), headers: {}, maxBytes: MAX_BYTES, order: 0, ...more });

const asked = (address = 'a.test/x'): number => web!.requests.filter((request) => request === address).length;

/** Answers with each of these in turn, the last again and again. */
function inTurn(...statuses: { status: number; headers?: Record<string, string> }[]): Route {
  let turn = 0;
  return (_, response) => {
    const { status, headers } = statuses[Math.min(turn, statuses.length - 1)]!;
    turn += 1;
    response.writeHead(status, headers).end('body');
  };
}

describe('what a server answers', () => {
  it.each([
    [200, 'ok', 1],
    [404, 'http-4xx', 1],
    [403, 'http-4xx', 1],
    [304, 'http-5xx', 1],
    [418, 'rate-limited', 1],
    [501, 'http-5xx', 1],
    [500, 'http-5xx', 3],
    [503, 'http-5xx', 3],
    [429, 'rate-limited', 3],
    [408, 'timeout', 3],
  ])('%d is %s after %d requests', async (status, outcome, requests) => {
    await serve({ 'a.test/x': inTurn({ status }) });
    expect(await get()).toMatchObject({ outcome, robots: 'allow' });
    expect(asked()).toBe(requests);
  });

  it('a failure that passes is none', async () => {
    await serve({ 'a.test/x': inTurn({ status: 503 }, { status: 429 }, { status: 200 }) });
    const result = await get();
    expect(result.outcome === 'ok' && result.body.toString()).toBe('body');
  });

  it('is asked for with an honest name', async () => {
    let headers: Record<string, unknown> = {};
    await serve({
      'a.test/x': (request, response) => {
        headers = request.headers;
        response.end();
      },
    });
    await get('http://a.test/x', { headers: { referer: 'http://b.test/' } });
    expect(headers).toMatchObject({ 'user-agent': 'wenlan/0.1 (+crawl@example.org)', host: 'a.test', referer: 'http://b.test/' });
  });
});

describe('Retry-After', () => {
  it('pauses the host, and says so', async () => {
    const notes: unknown[] = [];
    await serve(
      { 'a.test/x': inTurn({ status: 429, headers: { 'retry-after': '0' } }, { status: 200 }) },
      { onProgress: (event) => notes.push(event) },
    );
    expect(await get()).toMatchObject({ outcome: 'ok' });
    expect(notes).toEqual([{ type: 'note', sentence: "a.test isn't asked for 1 s (status 429)." }]);
  });

  it('as a date counts by the clock of the server', async () => {
    const headers = { 'retry-after': 'Thu, 01 Jan 2026 00:00:00 GMT', date: 'Thu, 01 Jan 2026 00:00:00 GMT' };
    await serve({ 'a.test/x': inTurn({ status: 503, headers }, { status: 200 }) });
    expect(await get()).toMatchObject({ outcome: 'ok' });
  });

  it('of an hour ends it', async () => {
    await serve({ 'a.test/x': inTurn({ status: 429, headers: { 'retry-after': '3600' } }) });
    expect(await get()).toMatchObject({ outcome: 'rate-limited', detail: 'status 429' });
    expect(asked()).toBe(1);
  });
});

describe('redirects', () => {
  const to = (location: string, status = 302): Route => ({ status, headers: { location } });

  it.each([301, 302, 303, 307, 308])('%d is followed', async (status) => {
    await serve({ 'a.test/x': to('/y?z#f', status), 'a.test/y?z': 'there' });
    const result = await get();
    expect(result).toMatchObject({ outcome: 'ok' });
    expect(result.url.href).toBe('http://a.test/y?z');
  });

  it.each([
    ['a circle', { 'a.test/x': to('/y'), 'a.test/y': to('/x') }, 'redirected in a circle by http://a.test/x'],
    ['no place', { 'a.test/x': { status: 302 } }, 'status 302 without a valid Location'],
    ['another scheme', { 'a.test/x': to('file:///etc/passwd') }, 'redirected to a file: address'],
  ])('to %s are a loop', async (_, routes, detail) => {
    await serve(routes);
    expect(await get()).toMatchObject({ outcome: 'redirect-loop', detail });
  });

  it('without end are a loop', async () => {
    const routes = Array.from({ length: 8 }, (_, step) => [`a.test/${step}`, to(`/${step + 1}`)] as const);
    await serve(Object.fromEntries(routes));
    expect(await get('http://a.test/0')).toMatchObject({ outcome: 'redirect-loop', detail: 'more than 5 redirects' });
    expect(asked('a.test/5')).toBe(1);
    expect(asked('a.test/6')).toBe(0);
  });

  it('into a private network are refused, as are names and addresses there', async () => {
    await serve({}, { allowAddresses: [], connectTo: {} });
    const { port } = new URL(`http://${web!.connectTo['a.test']!}`);
    for (const host of ['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]']) {
      expect(await get(`http://${host}:${port}/x`)).toMatchObject({ outcome: 'filtered:private-address' });
    }
    expect(web!.requests).toEqual([]);
  });

  it('to an address that is not allowed are refused though the server that sends there is', async () => {
    await serve({ 'a.test/x': to('http://10.0.0.1/secret') });
    const result = await get();
    expect(result).toMatchObject({ outcome: 'filtered:private-address', detail: '10.0.0.1 is not a public address' });
    expect(result.url.href).toBe('http://10.0.0.1/secret');
  });

  it('to a page that robots.txt forbids are not followed', async () => {
    await serve({
      'a.test/x': to('http://b.test/y'),
      'b.test/robots.txt': 'User-agent: wenlan\nDisallow: /y',
      'b.test/y': 'never',
    });
    expect(await get()).toMatchObject({ outcome: 'robots', robots: 'disallow' });
    expect(asked('b.test/y')).toBe(0);
  });
});

describe('a robots.txt', () => {
  it('forbids', async () => {
    await serve({ 'a.test/robots.txt': 'User-agent: *\nDisallow: /x', 'a.test/x': 'never' });
    expect(await get()).toEqual({
      outcome: 'robots',
      url: new URL('http://a.test/x'),
      detail: 'robots.txt forbids it',
      robots: 'disallow',
      headers: {},
    });
    expect(asked()).toBe(0);
  });

  it.each([500, 503])('of status %d forbids all', async (status) => {
    await serve({ 'a.test/robots.txt': { status }, 'a.test/x': 'never' });
    expect(await get()).toMatchObject({ outcome: 'robots' });
    expect(asked()).toBe(0);
  });

  it('is followed to where it redirects, also to another host, and is none after five times', async () => {
    await serve({
      'a.test/robots.txt': { status: 301, headers: { location: 'http://b.test/rules' } },
      'b.test/rules': 'User-agent: *\nDisallow: /x',
      'c.test/robots.txt': { status: 301, headers: { location: '/robots.txt' } },
      'c.test/x': 'there',
    });
    expect(await get()).toMatchObject({ outcome: 'robots' });
    expect(await get('http://c.test/x')).toMatchObject({ outcome: 'ok' });
  });

  it('of two megabytes is read in part', async () => {
    await serve({ 'a.test/robots.txt': `User-agent: *\nDisallow: /x\n${'# more\n'.repeat(300_000)}`, 'a.test/y': 'there' });
    expect(await get()).toMatchObject({ outcome: 'robots' });
    expect(await get('http://a.test/y')).toMatchObject({ outcome: 'ok' });
  });
});

describe('a body', () => {
  it.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('in %s is unpacked', async (coding, pack) => {
    await serve({ 'a.test/x': { headers: { 'content-encoding': coding }, body: pack('text') } });
    const result = await get();
    expect(result.outcome === 'ok' && result.body.toString()).toBe('text');
  });

  it('packed twice is unpacked twice, but not without end', async () => {
    await serve({
      'a.test/x': { headers: { 'content-encoding': 'deflate, gzip' }, body: gzipSync(deflateSync('text')) },
      'a.test/y': { headers: { 'content-encoding': 'gzip, gzip, gzip, gzip' }, body: 'x' },
    });
    const result = await get();
    expect(result.outcome === 'ok' && result.body.toString()).toBe('text');
    expect(await get('http://a.test/y')).toMatchObject({ outcome: 'decode', detail: 'it has 4 content codings' });
  });

  it.each([
    [
      'that it says is too big',
      { headers: { 'content-length': `${MAX_BYTES + 1}` }, body: Buffer.alloc(MAX_BYTES + 1) },
      'too-big',
      `${MAX_BYTES + 1} bytes are announced, and ${MAX_BYTES} allowed`,
    ],
    [
      'that is no gzip',
      { headers: { 'content-encoding': 'gzip' }, body: 'plain' },
      'decode',
      "it isn't gzip, as it says (incorrect header check)",
    ],
    [
      'in an unknown coding',
      { headers: { 'content-encoding': 'zst' }, body: 'x' },
      'decode',
      "its content coding zst isn't known",
    ],
    [
      'that is a bomb',
      { headers: { 'content-encoding': 'gzip' }, body: gzipSync(Buffer.alloc(4_000_000)) },
      'too-big',
      `more than the ${MAX_BYTES} bytes allowed once decompressed`,
    ],
  ] as const)('%s', async (_, route, outcome, detail) => {
    await serve({ 'a.test/x': route });
    expect(await get()).toMatchObject({ outcome, detail });
    expect(asked()).toBe(1);
  });

  it('that grows too much is a bomb though it is within the bytes allowed', async () => {
    const body = gzipSync(Buffer.alloc(4_000_000));
    await serve({ 'a.test/x': { headers: { 'content-encoding': 'gzip' }, body } }, { limits: { maxDecompressionRatio: 100 } });
    expect(await get('http://a.test/x', { maxBytes: 10_000_000 })).toMatchObject({
      outcome: 'too-big',
      detail: `more than 100 times its ${body.length} bytes once decompressed`,
    });
  });

  it('comes no faster than all bodies may, and is whole, though its time is over', async () => {
    await serve(
      { 'a.test/x': Buffer.alloc(9_000, 1), 'a.test/y': Buffer.alloc(9_000, 2) },
      { bytesPerSecond: 20_000, limits: { totalTimeoutMillis: 300 } },
    );
    const results = await Promise.all(['x', 'y'].map((path) => get(`http://a.test/${path}`)));
    expect(results.map((result) => result.outcome === 'ok' && result.body.length)).toEqual([9_000, 9_000]);
  });

  it('without end is too big', async () => {
    await serve({
      'a.test/x': (_, response) => {
        const timer = setInterval(() => response.write(Buffer.alloc(4_000)), 1);
        response.on('close', () => clearInterval(timer));
      },
    });
    expect(await get()).toMatchObject({ outcome: 'too-big', detail: `more than the ${MAX_BYTES} bytes allowed` });
  });

  it('is not read if its headers are refused', async () => {
    await serve({ 'a.test/x': { headers: { 'x-robots-tag': 'noai' }, body: Buffer.alloc(MAX_BYTES * 2) } });
    expect(await get('http://a.test/x', { picture: { product: 'wenlan', maxPixels: 1 } })).toMatchObject({
      outcome: 'opt-out',
      detail: 'the site says noai',
      headers: { 'x-robots-tag': 'noai' },
    });
  });
});

describe('a server that', () => {
  it('never answers is given up', async () => {
    await serve({ 'a.test/x': () => {} }, { limits: { firstByteTimeoutMillis: 50, retries: 1 } });
    expect(await get()).toMatchObject({ outcome: 'timeout' });
    expect(asked()).toBe(2);
  });

  it('stops in the middle is given up', async () => {
    await serve({ 'a.test/x': (_, response) => response.write('x') }, { limits: { idleTimeoutMillis: 50, retries: 1 } });
    expect(await get()).toMatchObject({ outcome: 'timeout' });
    expect(asked()).toBe(2);
  });

  it('drips is too slow, and is not asked again', async () => {
    await serve(
      {
        'a.test/x': (_, response) => {
          const timer = setInterval(() => response.write('x'), 5);
          response.on('close', () => clearInterval(timer));
        },
      },
      { limits: { totalTimeoutMillis: 100 } },
    );
    expect(await get()).toMatchObject({ outcome: 'too-slow', detail: 'not complete after 100 ms' });
    expect(asked()).toBe(1);
  });

  it('hangs up is asked again', async () => {
    let turn = 0;
    await serve({
      'a.test/x': (_, response) => {
        turn += 1;
        if (turn === 1) response.socket!.destroy();
        else if (turn === 2) response.writeHead(200, { 'content-length': '100' }).write('x', () => response.socket!.destroy());
        else response.end('whole');
      },
    });
    expect(await get()).toMatchObject({ outcome: 'ok' });
    expect(turn).toBe(3);
  });

  it('announces more than it sends has sent nothing', async () => {
    await serve({
      'a.test/x': (_, response) => {
        response.writeHead(200, { 'content-length': '100' }).write('x', () => response.socket!.destroy());
      },
    });
    expect(await get()).toMatchObject({ outcome: 'tcp' });
  });

  it('speaks no HTTP, or no TLS', async () => {
    await serve({ 'a.test/x': (_, response) => void response.socket!.end('SSH-2.0-OpenSSH\r\n\r\n') });
    expect(await get()).toMatchObject({ outcome: 'tcp' });
    expect(await get('https://a.test/x')).toMatchObject({ outcome: 'tls' });
  });

  it('is not there is given up for ten minutes', async () => {
    await serve({}, { limits: { retries: 1 } });
    await web!.close();
    const results = [await get(), await get('http://a.test/y')];
    expect(results).toMatchObject([
      { outcome: 'tcp', robots: null },
      { outcome: 'tcp', robots: null },
    ]);
  });

  it('never answers anything is not asked on and on', async () => {
    const notes: unknown[] = [];
    await serve(
      { 'a.test/x': (_, response) => void response.socket!.destroy() },
      { perHost: { requestsPerSecond: 100_000, concurrency: 1 }, onProgress: (event) => notes.push(event) },
    );
    const results = await Promise.all(Array.from({ length: 20 }, (_, index) => get('http://a.test/x', { order: index })));
    expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(['tcp']));
    // Ten, and the one that was sent before the tenth was known to have failed.
    expect(asked()).toBeLessThanOrEqual(11);
    expect(results.at(-1)).toMatchObject({
      detail: expect.stringContaining("a.test failed again and again and isn't asked for 30 s ("),
    });
    expect(notes).toEqual([{ type: 'note', sentence: "a.test failed again and again and isn't asked for 30 s." }]);
  });

  it('has no name', async () => {
    await serve({});
    expect(await get('http://no.such.name.invalid/')).toMatchObject({ outcome: 'dns', robots: null });
  });
});
