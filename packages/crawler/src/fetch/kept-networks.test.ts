import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEFAULT_FETCH_LIMITS } from './fetch-limits.ts';
import { type CrawlNetwork, KeptNetworks } from './kept-networks.ts';
import type { Response } from './request-once.ts';

const OPTIONS = {
  allowAddresses: ['127.0.0.0/8'],
  connectTo: {},
  limits: DEFAULT_FETCH_LIMITS,
  connectionsPerOrigin: 2,
  bytesPerSecond: Infinity,
};
let server: Server;

beforeAll(async () => {
  server = createServer((request, response) => void (request.url === '/never' || response.end('ok')));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const get = (network: CrawlNetwork, path: string): Promise<Response> => {
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return network.request({ origin, path, headers: {}, limit: { maxBytes: 1_000, excess: 'refuse' } });
};

it('go from one crawl to the next that wants the same, unless something is under way', async () => {
  const networks = new KeptNetworks();
  const first = networks.open(OPTIONS, () => {});
  expect((await get(first, '/')).status).toBe(200);
  const beside = networks.open(OPTIONS, () => {});
  expect(beside.dispatcher).not.toBe(first.dispatcher);
  await first.close();

  const other = networks.open({ ...OPTIONS, connectionsPerOrigin: 1 }, () => {});
  expect(other.dispatcher).not.toBe(first.dispatcher);
  const second = networks.open(OPTIONS, () => {});
  expect(second.dispatcher).toBe(first.dispatcher);
  expect((await get(second, '/')).status).toBe(200);

  const lost = get(second, '/never').catch((error: Error) => error);
  await second.close();
  expect(await lost).toBeInstanceOf(Error);
  const third = networks.open(OPTIONS, () => {});
  expect(third.dispatcher).not.toBe(first.dispatcher);
  await Promise.all([third, other, beside].map((network) => network.close()));
  await networks.close();
});
