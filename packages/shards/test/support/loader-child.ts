import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { loader } from '@wenlan/shards';
import { EPOCH } from './epoch-options.ts';

/**
 * Goes through the rest of an epoch as a trainer does: takes a batch, uses it (a line in its log), saves the loader's state.
 * Told again after a kill, it goes on. Arguments: dataset, workers, rank, world size, log.
 */
const [location, workers, rank, worldSize, log] = process.argv.slice(2) as [string, string, string, string, string];
const state = `${log}.state`;
const startBatch = existsSync(state) ? Number(readFileSync(state, 'utf8')) : 0;
process.stdout.write('ready\n');
const options = { ...EPOCH, workers: Number(workers), rank: Number(rank), worldSize: Number(worldSize), startBatch };
for await (const { index, ids, pixels } of loader(location, options)) {
  const digest = createHash('sha256').update(new Uint8Array(pixels.buffer)).digest('hex');
  appendFileSync(log, `${JSON.stringify({ index, ids, digest })}\n`);
  writeFileSync(`${state}.tmp`, String(index + 1));
  renameSync(`${state}.tmp`, state);
  process.stdout.write('batch\n');
  await setTimeout(5);
}
