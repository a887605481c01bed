import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findDuplicates } from '@wenlan/cleaning';
import type { Signature } from '@wenlan/cleaning';

// MinHash dedup of the texts in argv[2], one a line as {"id", "text", "of"}; `of` is the id of what it is a copy of, or its own.
const lines = (await readFile(process.argv[2]!, 'utf8')).trimEnd().split('\n');
const rows = lines.map((line) => JSON.parse(line) as { id: string; text: string; of: string });
const folder = await mkdtemp(join(tmpdir(), 'wenlan-bench-minhash-'));

const dedup = (count: number): ReturnType<typeof findDuplicates> =>
  findDuplicates(
    rows.slice(0, count).map(({ id, text }): Signature => ({
      id,
      source: 'web',
      imageUrl: null,
      imageKey: 0n,
      urlKey: 0n,
      pageKey: 0n,
      picture: null,
      textKeys: [],
      textUnits: text.length,
      text,
    })),
    { rows: count, text: { ngram: 2, minJaccard: 0.8, minShingles: 8 }, spill: { folder, memoryBytes: 32 << 20 } },
  );

await dedup(2000);
const start = performance.now();
const found = await dedup(rows.length);
const seconds = (performance.now() - start) / 1000;
const places = new Map(rows.map(({ id }, place) => [id, place]));
let [copies, met, kept] = [0, 0, 0];
for (const [place, { id, of }] of rows.entries()) {
  if (found.survivorOf(place) === place) kept += 1;
  if (id === of) continue;
  copies += 1;
  if (found.survivorOf(place) === found.survivorOf(places.get(of)!)) met += 1;
}
await rm(folder, { recursive: true });
process.stdout.write(
  `${JSON.stringify({ items: rows.length, seconds, figures: { kept, 'recall at J ≥ 0.8 %': (100 * met) / copies } })}\n`,
);
