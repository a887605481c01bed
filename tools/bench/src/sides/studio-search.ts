import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { ExactIndex, readNpy } from '@wenlan/evaluation';

// Finds the first 10 rows of argv[2]/gallery.npy for each row of argv[2]/queries.npy, one after another.
const K = 10;
const gallery = await readNpy(join(process.argv[2]!, 'gallery.npy'));
const { values, rows, dim } = await readNpy(join(process.argv[2]!, 'queries.npy'));
const startedAt = performance.now();
const index = new ExactIndex(gallery);
const buildSeconds = (performance.now() - startedAt) / 1000;

const digest = createHash('sha256');
const millis: number[] = [];
for (let query = 0; query < rows; query += 1) {
  const from = performance.now();
  const found = index.search(values.subarray(query * dim, (query + 1) * dim), K);
  millis.push(performance.now() - from);
  digest.update(`${found.map(({ row }) => row).join(' ')}\n`);
}
const seconds = millis.reduce((sum, each) => sum + each, 0) / 1000;
millis.sort((left, right) => left - right);
const figures = {
  'median ms': Math.round(millis[rows >> 1]!),
  'p99 ms': Math.round(millis[Math.floor(rows * 0.99)]!),
  'index s': Math.round(buildSeconds * 10) / 10,
};
process.stdout.write(`${JSON.stringify({ items: rows, seconds, output: digest.digest('hex').slice(0, 16), figures })}\n`);
