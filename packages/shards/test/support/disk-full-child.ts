import { execFileSync } from 'node:child_process';
import { verifyDataset } from '@wenlan/shards';
import { folderBytes } from './folder-bytes.ts';
import { writeSamples } from './write-samples.ts';

/** Writes to a file system of 1 MB until it is full, makes room, and goes on. */
const [mount, location] = process.argv.slice(2) as [string, string];
execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', mount]);

const failure = await writeSamples(location).then(
  () => null,
  (error: Error & { code?: string; exitStatus?: number }) => error,
);
const afterFailure = await verifyDataset(location);
execFileSync('mount', ['-o', 'remount,size=64m', mount]);
await writeSamples(location);
process.stdout.write(
  JSON.stringify({
    failure: failure && { code: failure.code, message: failure.message, exitStatus: failure.exitStatus },
    afterFailure,
    bytes: await folderBytes(location),
  }),
);
