import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readPairs } from '@wenlan/shards';

/** Reads a dataset's pictures and texts, or the bytes of its shards. Arguments: shards | fs, dataset, passes. */
const [how, location, passes] = process.argv.slice(2) as ['shards' | 'fs', string, string];

interface Pass {
  rows: number;
  bytes: number;
}

async function readRows(): Promise<Pass> {
  const pass = { rows: 0, bytes: 0 };
  for await (const rows of readPairs(location, { columns: ['image', 'texts'] })) {
    pass.rows += rows.length;
    for (const { image, texts } of rows) pass.bytes += (image?.byteLength ?? 0) + texts[0]!.text.length;
  }
  return pass;
}

/** The rows are what the bytes would be, so that both sides count the same. */
async function readBytes(): Promise<Pass> {
  const pass = { rows: 0, bytes: 0 };
  const manifest = JSON.parse(await readFile(join(location, 'manifest.json'), 'utf8')) as { totals: { rows: number } };
  for (const file of (await readdir(join(location, 'data'))).sort())
    pass.bytes += (await readFile(join(location, 'data', file))).byteLength;
  return { ...pass, rows: manifest.totals.rows };
}

const read = how === 'fs' ? readBytes : readRows;
const firstAt = performance.now();
await read();
const startedAt = performance.now();
const cpuBefore = process.cpuUsage();
let items = 0;
let bytes = 0;
for (let pass = 0; pass < Number(passes); pass += 1) {
  const done = await read();
  items += done.rows;
  bytes += done.bytes;
}
const seconds = (performance.now() - startedAt) / 1000;
const { user, system } = process.cpuUsage(cpuBefore);
const figures = {
  'GB/s': (bytes / seconds / 1e9).toFixed(2),
  'CPU ms a GB': Math.round(((user + system) / bytes) * 1e6),
  'first pass, s': ((startedAt - firstAt) / 1000).toFixed(2),
};
process.stdout.write(`${JSON.stringify({ items, seconds, figures })}\n`);
