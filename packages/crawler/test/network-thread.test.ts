import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { crawlTestWeb } from './support/crawl-test-web.ts';
import { folderBytes } from './support/folder-bytes.ts';
import { svg } from './support/pictures.ts';

const PICTURES = 1_500;
/** Late enough that the thread is being started. */
const AWAITED = 520;
const AT_ONCE = 8;
/** Of an answer while the thread isn't there, so that there is something left to ask for when it is. */
const WAIT_MILLIS = 100;

let folder: string;
let server: Server;
let connections = 0;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-thread-'));
  server = createServer((request, response) => {
    const number = Number(request.url!.replaceAll(/\D/g, ''));
    const send = (): void => void response.end(svg(number));
    if (number < AWAITED || connections > AT_ONCE) send();
    else setTimeout(send, WAIT_MILLIS);
  }).on('connection', () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

const isOneCore = availableParallelism() === 1;
if (isOneCore) process.stderr.write('No thread for the network is tested: there is one core.\n');

it.skipIf(isOneCore)('a crawl that gets a thread for its network writes the bytes of one without', async () => {
  const list = join(folder, 'urls.csv');
  await writeFile(list, ['url', ...Array.from({ length: PICTURES }, (_, number) => `http://a.test/${number}.svg`)].join('\n'));
  const web = { connectTo: { 'a.test': `127.0.0.1:${(server.address() as AddressInfo).port}` } };
  const crawled = async (name: string, bytesPerSecond: number): Promise<number> => {
    connections = 0;
    await crawlTestWeb(web, {
      out: join(folder, name),
      sources: [{ name: 'list', kind: 'list', seeds: [list] }],
      perHost: { requestsPerSecond: 100_000, concurrency: AT_ONCE },
      maxShardRows: 400,
      bytesPerSecond,
    });
    return connections;
  };
  // Its sockets are beside those of the thread that started.
  expect(await crawled('threaded', Infinity)).toBeGreaterThan(AT_ONCE);
  connections = 0;
  server.removeAllListeners('request').on('request', (request, response) => {
    response.end(svg(Number(request.url!.replaceAll(/\D/g, ''))));
  });
  expect(await crawled('alone', 1e12)).toBeLessThanOrEqual(AT_ONCE);
  expect(await folderBytes(join(folder, 'threaded'))).toEqual(await folderBytes(join(folder, 'alone')));
});
