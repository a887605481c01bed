import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crawl } from '@wenlan/crawler';
import { urlList } from '../data/url-list.ts';

/** Crawls pictures of very many hosts, each at its own pace. Arguments: port, pictures, hosts, requests a second and at once of a host. */
const [port, pictures, hosts, requestsPerSecond, concurrency] = process.argv.slice(2).map(Number) as [
  number,
  number,
  number,
  number,
  number,
];
const A_LIST = 1_000;
const out = mkdtempSync(join(tmpdir(), 'wenlan-crawl-'));
const seeds = Array.from({ length: pictures / A_LIST }, (_, index) => {
  const range = new URLSearchParams({ from: `${index * A_LIST}`, to: `${(index + 1) * A_LIST}`, hosts: `${hosts}` });
  return `http://127.0.0.1:${port}/list?${range.toString()}`;
});
const startedAt = performance.now();
const summary = await crawl({
  out,
  sources: [{ name: 'list', kind: 'web', seeds, adapter: urlList, maxPages: seeds.length }],
  contact: 'bench@example.org',
  allowAddresses: ['127.0.0.0/8'],
  concurrency: 128,
  perHost: { requestsPerSecond, concurrency },
  clock: Date.now,
  seed: 1,
});
const seconds = (performance.now() - startedAt) / 1000;
const rss = process.resourceUsage().maxRSS * 1024;
const handles = process.getActiveResourcesInfo().filter((name) => !/^(?:TTYWrap|PipeWrap|MessagePort)$/.test(name));
rmSync(out, { recursive: true });
const ok = summary.byOutcome['ok'] ?? 0;
const response = await fetch(`http://127.0.0.1:${port}/log`, { headers: { connection: 'close' } });
const log = (await response.json()) as { maxActive: number; maxInOneSecond: number }[];
// A request that waits on the way may arrive closer to the next one than it was sent: one more than the rate and its first token.
const allowed = requestsPerSecond + 2;
const exceeded = log.filter((host) => host.maxActive > concurrency || host.maxInOneSecond > allowed).length;
const figures = {
  success: `${((100 * ok) / pictures).toFixed(2)} %`,
  hosts: log.length,
  'at once, busiest host': Math.max(...log.map((host) => host.maxActive)),
  'in a second, busiest host': Math.max(...log.map((host) => host.maxInOneSecond)),
  'hosts over their limit': exceeded,
  'peak RSS of the crawler': `${Math.round(rss / 1e6)} MB`,
  'open handles at the end': handles.length === 0 ? 'none' : handles.join(', '),
};
process.stdout.write(`${JSON.stringify({ items: ok, seconds, figures })}\n`);
