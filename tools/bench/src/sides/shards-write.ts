import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyPair, openDataset, pairId } from '@wenlan/shards';
import type { Pair } from '@wenlan/shards';

/** Writes a dataset of small rows. Argument: how many. */
const rows = Number(process.argv[2]);
const A_CALL = 100;
const IMAGE_BYTES = 2048;
const out = mkdtempSync(join(tmpdir(), 'wenlan-write-'));

function rowOf(number: number): Pair {
  const imageUrl = `https://img.example/${number}.jpg`;
  const image = new Uint8Array(IMAGE_BYTES);
  image.set(createHash('sha256').update(String(number)).digest());
  const texts: Pair['texts'] = [{ kind: 'alt', text: `第${number}张图` }];
  return emptyPair({ id: pairId(imageUrl, null), source: 'web', outcome: 'ok', imageUrl, image, texts });
}

const startedAt = performance.now();
const writer = await openDataset(out, { stage: 'bench', recipe: {} });
for (let first = 0; first < rows; first += A_CALL)
  await writer.append(
    Array.from({ length: A_CALL }, (_, index) => rowOf(first + index)),
    'train',
  );
await writer.finish();
const seconds = (performance.now() - startedAt) / 1000;
rmSync(out, { recursive: true });
const figures = { 'peak RSS MB': Math.round((process.resourceUsage().maxRSS * 1024) / 1e6) };
process.stdout.write(`${JSON.stringify({ items: rows, seconds, figures })}\n`);
