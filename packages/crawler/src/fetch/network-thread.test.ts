import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { photo } from '../../test/support/pictures.ts';
import { startTestWeb } from '../../test/support/test-web.ts';
import type { TestWeb } from '../../test/support/test-web.ts';
import { FetchFailure, mayPass } from './failure.ts';
import { DEFAULT_FETCH_LIMITS } from './fetch-limits.ts';
import { LocalNetwork } from './local-network.ts';
import { NetworkThread } from './network-thread.ts';
import type { OneRequest } from './request-once.ts';

const MAX_BYTES = 50_000;

let web: TestWeb;
let local: LocalNetwork;
let thread: NetworkThread;

beforeEach(async () => {
  const picture = await photo('jpeg', 1, 60, 40);
  web = await startTestWeb({
    'a.test/picture': { headers: { 'content-type': 'image/jpeg', etag: '"1"' }, body: picture },
    'a.test/short': 'short',
    'a.test/empty': Buffer.alloc(0),
    'a.test/zipped': { headers: { 'content-encoding': 'gzip' }, body: gzipSync('text '.repeat(1_000)) },
    'a.test/broken': { headers: { 'content-encoding': 'gzip' }, body: 'text' },
    'a.test/moved': { status: 302, headers: { location: '/short' } },
    'a.test/reserved': { headers: { 'x-robots-tag': 'noai' }, body: picture },
    'a.test/large': Buffer.alloc(MAX_BYTES + 1),
    'a.test/reset': (_, response) => response.destroy(),
    'a.test/never': () => {},
  });
  const connectTo = { ...web.connectTo, 'private.test': '10.0.0.1:80' };
  const limits = { ...DEFAULT_FETCH_LIMITS, firstByteTimeoutMillis: 20_000 };
  const options = { allowAddresses: ['127.0.0.0/8'], connectTo, limits, connectionsPerOrigin: 4, bytesPerSecond: Infinity };
  local = new LocalNetwork(options, () => {});
  thread = new NetworkThread(options, () => {});
});
afterEach(async () => {
  await local.close();
  await thread.close();
  await web.close();
});

const asked = (path: string, host = 'a.test'): OneRequest => ({
  origin: `http://${host}`,
  path,
  headers: { 'accept-encoding': 'gzip' },
  limit: { maxBytes: MAX_BYTES, excess: 'refuse', picture: { product: 'wenlan', maxPixels: 10_000 } },
});

async function settled(response: ReturnType<LocalNetwork['request']>): Promise<unknown> {
  try {
    const { firstByteMillis, headers, refusal, picture, ...rest } = await response;
    expect(firstByteMillis).toBeGreaterThan(0);
    const { date: _, ...others } = headers;
    const sha256 = picture?.outcome === 'ok' ? Buffer.from(picture.sha256).toString('hex') : null;
    return { ...rest, headers: others, refusal: refusal && [refusal.outcome, refusal.message], picture: { ...picture, sha256 } };
  } catch (error) {
    const failure = error as FetchFailure;
    expect(failure).toBeInstanceOf(FetchFailure);
    return { outcome: failure.outcome, detail: failure.message, passes: mayPass(failure) };
  }
}

describe(NetworkThread, () => {
  it('answers what the network of the own thread answers', async () => {
    const requests = ['picture', 'short', 'empty', 'zipped', 'broken', 'moved', 'missing', 'reserved', 'large', 'reset'].map(
      (name) => asked(`/${name}`),
    );
    requests.push(asked('/', 'private.test'));
    const [expected, answered] = await Promise.all(
      [local, thread].map((network) => Promise.all(requests.map((request) => settled(network.request(request))))),
    );
    expect(answered).toEqual(expected);
    expect(answered![0]).toMatchObject({ status: 200, picture: { outcome: 'ok', mime: 'image/jpeg', width: 60, height: 40 } });
    expect(answered![3]).toMatchObject({ body: Buffer.from('text '.repeat(1_000)), picture: { outcome: 'not-image' } });
    expect(answered![7]).toMatchObject({ refusal: ['opt-out', 'the site says noai'] });
    expect(answered!.slice(8)).toMatchObject([
      { outcome: 'too-big', passes: false },
      { outcome: 'tcp', passes: true },
      { outcome: 'filtered:private-address', passes: false },
    ]);
  });

  it('that is closed gives up what is under way', async () => {
    const never = settled(thread.request(asked('/never')));
    await expect.poll(() => web.requests, { timeout: 20_000 }).toEqual(['a.test/never']);
    await thread.close();
    expect(await never).toEqual({ outcome: 'tcp', detail: 'given up', passes: false });
    expect(thread.isReady).toBe(false);
  });
});
