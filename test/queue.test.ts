import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { redisMissing, startRedis } from '../packages/queue/test/support/redis-server.ts';
import { type Ended, wenlan } from './support/wenlan.ts';

if (redisMissing !== null) process.stderr.write(`wenlan worker isn't tested: ${redisMissing}.\n`);

it.skipIf(redisMissing !== null)(
  'workers take what crawl and clean put into a queue, and say how it stands',
  { timeout: 120_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'wenlan-worker-'));
    await mkdir(join(folder, 'redis'));
    const redis = await startRedis(join(folder, 'redis'));
    const site = createServer((request, response) => {
      if (request.url === '/') response.writeHead(200, { 'content-type': 'text/html' }).end('<img src="/a.svg" alt="山">');
      else if (request.url === '/a.svg') response.end('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
      else response.writeHead(404).end();
    });
    site.listen(0, '127.0.0.1');
    await once(site, 'listening');
    const metricsServer = createServer().listen(0, '127.0.0.1');
    await once(metricsServer, 'listening');
    const { port: metricsPort } = metricsServer.address() as AddressInfo;
    metricsServer.close();
    const { port } = site.address() as AddressInfo;
    await writeFile(
      join(folder, 'wenlan.yaml'),
      JSON.stringify({
        queue: redis.url,
        clean: {
          recipe: {
            name: 'all',
            rules: [{ rule: 'decode', maxPixels: 1_000_000 }],
            encode: { maxSide: 64, vectorSide: 64, jpegQuality: 90 },
            split: { validation: 0, test: 0 },
          },
        },
        crawl: {
          contact: 'test@example.org',
          allowAddresses: ['127.0.0.0/8'],
          sources: [{ name: 'site', kind: 'web', seeds: [`http://127.0.0.1:${port}/`] }],
        },
      }),
    );
    let worker: Promise<Ended> | undefined;
    try {
      let stop: (() => void) | undefined;
      worker = wenlan(
        ['worker', '--queue', redis.url, '--metrics', `${metricsPort}`],
        (_, child) => (stop ??= () => void child.kill('SIGTERM')),
      );
      const crawled = await wenlan(['crawl', '--config', join(folder, 'wenlan.yaml'), '--out', join(folder, 'raw')]);
      expect(crawled).toMatchObject({ status: 0, err: '' });
      expect(JSON.parse(crawled.out)).toMatchObject({ candidates: 1, byOutcome: { ok: 1 }, pages: 1 });
      const cleaned = await wenlan([
        'clean',
        join(folder, 'raw'),
        '--config',
        join(folder, 'wenlan.yaml'),
        '--out',
        join(folder, 'clean'),
      ]);
      expect(cleaned).toMatchObject({ status: 0, err: '' });
      expect(JSON.parse(cleaned.out)).toMatchObject({ kept: 1 });
      const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
      expect(metrics).toMatch(/wenlan_active_rows 0\n/);
      expect(metrics).toMatch(/bullmq_job_count\{.*state="failed"\} 0\n/);
      expect(metrics).toMatch(/wenlan_shards\{state="failed"\} 0\n/);
      expect(await wenlan(['queue', 'failed', '--queue', redis.url])).toMatchObject({ status: 0, out: '{"failed":[]}\n' });
      stop!();
      expect(await worker).toMatchObject({ status: 0, out: '{"parts":1,"shards":1}\n' });
    } finally {
      site.closeAllConnections();
      site.close();
      await redis.close();
      await rm(folder, { recursive: true });
    }
  },
);
