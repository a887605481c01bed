import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ExactIndex, readNpy } from '@wenlan/evaluation';
import { encodeSentences, type LoadedRun, openVectorIndex } from '@wenlan/model';

// Finds the first 10 rows of argv[2]/gallery.npy for each row of argv[2]/queries.npy through the graph beside a file of the same vectors.
const K = 10;
const folder = process.argv[2]!;
const file = join(folder, 'gallery.arrow');
const gallery = await readNpy(join(folder, 'gallery.npy'));
const { values, rows, dim } = await readNpy(join(folder, 'queries.npy'));
if (!existsSync(file)) {
  // Writes the vectors as encoding does, whose sentences are the numbers of their rows.
  const encodeTexts = (numbers: readonly string[]): Promise<Float32Array> =>
    Promise.resolve(gallery.values.slice(Number(numbers[0]) * dim, (Number(numbers.at(-1)) + 1) * dim));
  const run = { dim, weightsSha256: 'gallery', encodeTexts } as unknown as LoadedRun;
  const numbers = Array.from({ length: gallery.rows }, (_, row) => String(row));
  await encodeSentences(run, numbers, { out: file });
}
const startedAt = performance.now();
const index = await openVectorIndex(file);
const openSeconds = (performance.now() - startedAt) / 1000;

const queryAt = (query: number): Float32Array => values.subarray(query * dim, (query + 1) * dim);
for (let query = 0; query < 20; query += 1) await index.search(queryAt(query), K);
const found: Set<string>[] = [];
const millis: number[] = [];
for (let query = 0; query < rows; query += 1) {
  const from = performance.now();
  const matches = await index.search(queryAt(query), K);
  millis.push(performance.now() - from);
  found.push(new Set(matches.map(({ text }) => text)));
}
await index.close();

const exact = new ExactIndex(gallery);
let hits = 0;
for (const [query, texts] of found.entries())
  for (const { row } of exact.search(queryAt(query), K)) if (texts.has(String(row))) hits += 1;
const seconds = millis.reduce((sum, each) => sum + each, 0) / 1000;
millis.sort((left, right) => left - right);
const figures = {
  'median ms': Math.round(millis[rows >> 1]! * 10) / 10,
  'p99 ms': Math.round(millis[Math.floor(rows * 0.99)]! * 10) / 10,
  'recall@10 %': Math.round((1000 * hits) / (rows * K)) / 10,
  'index s': Math.round(openSeconds * 10) / 10,
};
process.stdout.write(`${JSON.stringify({ items: rows, seconds, figures })}\n`);
