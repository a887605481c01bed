import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crawl } from '@wenlan/crawler';
import type { ResizeMode } from '@wenlan/crawler';
import { meanPsnr } from '../data/psnr.ts';

/** Fetches a list of pictures. Arguments: port of the server, pictures, hosts, [mode, side, what img2dataset made of some of them]. */
const [port, pictures, hosts] = process.argv.slice(2, 5).map(Number) as [number, number, number];
const [mode, side, reference] = process.argv.slice(5) as [ResizeMode?, string?, string?];

/** The addresses that the peer is given. */
function urlOf(number: number): string {
  const host = number % hosts;
  return `http://127.1.${Math.floor(host / 250)}.${(host % 250) + 1}:${port}/p/${number}.jpg`;
}

async function run(out: string, from: number, to: number): Promise<{ ok: number; seconds: number }> {
  const urls = join(out, 'urls.csv');
  writeFileSync(urls, ['url', ...Array.from({ length: to - from }, (_, index) => urlOf(from + index))].join('\n'));
  const startedAt = performance.now();
  const summary = await crawl({
    out: join(out, 'raw'),
    sources: [{ name: 'list', kind: 'list', seeds: [urls] }],
    contact: 'bench@example.org',
    allowAddresses: ['127.0.0.0/8'],
    concurrency: 64,
    perHost: { requestsPerSecond: 1_000_000, concurrency: 16 },
    ...(mode !== undefined && { resize: { mode, size: Number(side) } }),
    clock: Date.now,
    seed: 1,
  });
  return { ok: summary.byOutcome['ok'] ?? 0, seconds: (performance.now() - startedAt) / 1000 };
}

const folders = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'wenlan-crawl-'))) as [string, string];
await run(folders[0], pictures, pictures + 1_000);
const { ok, seconds } = await run(folders[1], 0, pictures);
const success = `${((100 * ok) / pictures).toFixed(2)} %`;
const psnr = reference === undefined ? {} : { 'PSNR dB': await meanPsnr(join(folders[1], 'raw'), reference) };
for (const folder of folders) rmSync(folder, { recursive: true });
process.stdout.write(`${JSON.stringify({ items: ok, seconds, figures: { success, ...psnr } })}\n`);
