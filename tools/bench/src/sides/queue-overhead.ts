import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crawl, type SourceConfig } from '@wenlan/crawler';
import { crawlOnQueue } from '@wenlan/queue';
import { readPairs } from '@wenlan/shards';
import { ours } from '../ours.ts';

/**
 * Fetches a list of pictures by workers of a queue. Arguments: port of the server, pictures, hosts, workers (without any, in this process), and
 * `check` to count rows and requests that are too few or too many.
 */
const [port, pictures, hosts, workers] = process.argv.slice(2, 6).map(Number) as [number, number, number, number];
const isChecked = process.argv[6] === 'check';
/** Over all workers. */
const CONCURRENCY = 64;

const folder = mkdtempSync(join(tmpdir(), 'wenlan-queue-'));
const list = join(folder, 'urls.csv');
const settings = {
  contact: 'bench@example.org',
  allowAddresses: ['127.0.0.0/8'],
  concurrency: Math.ceil(CONCURRENCY / Math.max(1, workers)),
  perHost: { requestsPerSecond: 1_000_000, concurrency: 16 },
  seed: 1,
};
const sources: SourceConfig[] = [{ name: 'list', kind: 'list', seeds: [list] }];
const urls = Array.from({ length: pictures }, (_, number) => {
  const host = number % hosts;
  return `http://127.1.${Math.floor(host / 250)}.${(host % 250) + 1}:${port}/p/${number}.jpg`;
});
writeFileSync(list, ['url', ...urls].join('\n'));

const out = join(folder, 'raw');
let startedAt = performance.now();
if (workers === 0) {
  const { byOutcome } = await crawl({ ...settings, out, sources, clock: () => 0 });
  report(byOutcome['ok'] ?? 0, {});
} else {
  const redisPort = await freePort();
  const redis = spawn('redis-server', ['--port', `${redisPort}`, '--bind', '127.0.0.1', '--dir', folder, '--save', ''], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const text of redis.stdout.setEncoding('utf8')) if ((text as string).includes('Ready to accept')) break;
  redis.stdout.resume();
  const queue = `redis://127.0.0.1:${redisPort}`;
  const [program, ...args] = ours('queue-worker', queue) as [string, ...string[]];
  const children: ChildProcess[] = Array.from({ length: workers }, () => spawn(program, args, { stdio: 'inherit' }));
  await connected(redisPort, 2 * workers);
  const before = await usedMemory(redisPort, 'used_memory');
  startedAt = performance.now();
  const { byOutcome } = await crawlOnQueue({ out, sources, settings, queue, clockMillis: 0 });
  const seconds = performance.now() - startedAt;
  const grown = (await usedMemory(redisPort, 'used_memory_peak')) - before;
  const checked = isChecked ? await check() : {};
  startedAt = performance.now() - seconds;
  report(byOutcome['ok'] ?? 0, { 'peak of Redis, bytes a URL': (grown / pictures).toFixed(1), ...checked });
  for (const child of children) child.kill('SIGTERM');
  await Promise.all(children.map((child) => once(child, 'exit')));
  redis.kill();
  await once(redis, 'exit');
}
rmSync(folder, { recursive: true });

function report(ok: number, figures: Record<string, string>): void {
  const seconds = (performance.now() - startedAt) / 1000;
  const success = `${((100 * ok) / pictures).toFixed(2)} %`;
  process.stdout.write(`${JSON.stringify({ items: ok, seconds, figures: { success, ...figures } })}\n`);
}

async function check(): Promise<Record<string, string>> {
  const rows = new Uint8Array(pictures);
  for await (const batch of readPairs(out, { columns: ['imageUrl'] }))
    for (const { imageUrl } of batch) rows[Number(/(\d+)\.jpg$/.exec(imageUrl!)![1])]! += 1;
  const asked = (await (await fetch(`http://127.0.0.1:${port}/asked?to=${pictures}`)).json()) as { never: number; twice: number };
  return {
    'rows lost': String(rows.filter((count) => count === 0).length),
    'rows twice': String(rows.filter((count) => count > 1).length),
    'never asked': String(asked.never),
    'asked twice': String(asked.twice),
  };
}

async function connected(redisPort: number, clients: number): Promise<void> {
  while (Number(/connected_clients:(\d+)/.exec(await info(redisPort))![1]) <= clients)
    await new Promise((resolve) => setTimeout(resolve, 50));
}

async function usedMemory(redisPort: number, key: string): Promise<number> {
  return Number(new RegExp(`^${key}:(\\d+)`, 'm').exec(await info(redisPort))![1]);
}

async function info(redisPort: number): Promise<string> {
  const child = spawn('redis-cli', ['-p', `${redisPort}`, 'info'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  for await (const chunk of child.stdout.setEncoding('utf8')) text += chunk as string;
  return text;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: free } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return free;
}
