import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crawl } from '@wenlan/crawler';
import { writePhotographs } from '../bench/src/data/photographs.ts';
import { startPictureServer } from '../bench/src/loopback/start-picture-server.ts';
import { type SimulatedCrawl, uniform, zipf } from './simulate-crawl.ts';

/** Does what is simulated, on loopback hosts that never fail. @returns seconds */
export async function realCrawl(simulated: SimulatedCrawl): Promise<number> {
  const { urls, hosts, exponent, requestsPerSecond, serviceMillis, seed } = simulated;
  const folder = await mkdtemp(join(tmpdir(), 'wenlan-simulate-'));
  await writePhotographs(folder, 1, 160, 120);
  const server = await startPictureServer(folder, serviceMillis);
  try {
    const hostOf = zipf(hosts, exponent, uniform(seed));
    const lines = Array.from({ length: urls }, (_, number) => {
      const host = hostOf();
      return `http://127.3.${Math.floor(host / 250)}.${(host % 250) + 1}:${server.port}/p/${number}.jpg`;
    });
    await writeFile(join(folder, 'list.csv'), ['url', ...lines].join('\n'));
    const start = performance.now();
    const { byOutcome } = await crawl({
      out: join(folder, 'raw'),
      sources: [{ name: 'list', kind: 'list', seeds: [join(folder, 'list.csv')] }],
      contact: 'simulate@example.org',
      allowAddresses: ['127.0.0.0/8'],
      concurrency: 256,
      perHost: { requestsPerSecond, concurrency: 64 },
      clock: Date.now,
      seed,
    });
    const seconds = (performance.now() - start) / 1000;
    if (byOutcome['ok'] !== urls) throw new Error(`The crawl fetched ${byOutcome['ok']} of ${urls} pictures.`);
    return seconds;
  } finally {
    await server.close();
    await rm(folder, { recursive: true });
  }
}
