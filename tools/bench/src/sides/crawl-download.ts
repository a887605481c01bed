import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crawl } from '@wenlan/crawler';
import { urlList } from '../data/url-list.ts';

/** Crawls lists of pictures. Arguments: port of the server, pictures, hosts. */
const [port, pictures, hosts] = process.argv.slice(2).map(Number) as [number, number, number];
const A_LIST = 500;

async function run(from: number, to: number): Promise<{ ok: number; seconds: number }> {
  const out = mkdtempSync(join(tmpdir(), 'wenlan-crawl-'));
  const starts = Array.from({ length: Math.ceil((to - from) / A_LIST) }, (_, index) => from + index * A_LIST);
  const seeds = starts.map(
    (start) => `http://127.0.0.1:${port}/list?from=${start}&to=${Math.min(to, start + A_LIST)}&hosts=${hosts}`,
  );
  const startedAt = performance.now();
  const summary = await crawl({
    out,
    sources: [{ name: 'list', kind: 'web', seeds, adapter: urlList, maxPages: seeds.length }],
    contact: 'bench@example.org',
    allowAddresses: ['127.0.0.0/8'],
    concurrency: 64,
    perHost: { requestsPerSecond: 1_000_000, concurrency: 16 },
    clock: Date.now,
    seed: 1,
  });
  const seconds = (performance.now() - startedAt) / 1000;
  rmSync(out, { recursive: true });
  return { ok: summary.byOutcome['ok'] ?? 0, seconds };
}

await run(pictures, pictures + 1_000);
const { ok, seconds } = await run(0, pictures);
process.stdout.write(
  `${JSON.stringify({ items: ok, seconds, figures: { success: `${((100 * ok) / pictures).toFixed(2)} %` } })}\n`,
);
