import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crawl } from '@wenlan/crawler';
import { urlList } from '../data/url-list.ts';

/** Fills the queue of a crawl with pages and looks at its memory. Arguments: port, pages. */
const [port, pages] = process.argv.slice(2).map(Number) as [number, number];
const A_LIST = 1_000;
const out = mkdtempSync(join(tmpdir(), 'wenlan-frontier-'));
const seeds = Array.from(
  { length: pages / A_LIST },
  (_, index) => `http://127.0.0.1:${port}/queue?from=${index * A_LIST}&to=${(index + 1) * A_LIST}`,
);
const memory = new Map<number, string>();
const full = new AbortController();
const startedAt = performance.now();
let queued = 0;
await crawl({
  out,
  sources: [{ name: 'queue', kind: 'web', seeds, adapter: urlList, maxPages: pages + seeds.length }],
  contact: 'bench@example.org',
  allowAddresses: ['127.0.0.0/8'],
  concurrency: 16,
  perHost: { requestsPerSecond: 1_000_000, concurrency: 16 },
  clock: Date.now,
  seed: 1,
  signal: full.signal,
  onProgress: (event) => {
    if (event.type !== 'page') return;
    queued = event.pagesDone + event.pagesQueued - seeds.length;
    const step = Math.floor(queued / (pages / 10));
    if (step > 0 && !memory.has(step)) memory.set(step, memoryNow());
    if (queued >= pages) full.abort();
  },
}).catch((error: unknown) => {
  if (!full.signal.aborted) throw error;
});
const seconds = (performance.now() - startedAt) / 1000;
rmSync(out, { recursive: true });
const steps = [1, 3, 6, 10];
const figures = Object.fromEntries(
  steps.map((step) => [`own memory + mapped file at ${step * 10} %`, memory.get(step) ?? 'not reached']),
);
process.stdout.write(`${JSON.stringify({ items: queued, seconds, figures })}\n`);

/** The process's RSS by its two parts: its own memory, and pages of files, which the kernel takes back when it needs room. */
function memoryNow(): string {
  const status = readFileSync('/proc/self/status', 'utf8');
  const megabytes = (name: string): number => Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1000);
  return `${megabytes('RssAnon')} + ${megabytes('RssFile')} MB`;
}
