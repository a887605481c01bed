import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { VerifyReport } from '@wenlan/shards';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { folderBytes } from './support/folder-bytes.ts';
import { childPath, NODE_FROM_SOURCE } from './support/run-child.ts';
import { writeSamples } from './support/write-samples.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-disk-full-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs a program where it may mount file systems that nobody else sees. */
const UNSHARE = ['--user', '--map-root-user', '--mount'];

describe('a full disk', () => {
  it('stops the writer with one sentence, keeps what was committed, and with room it ends with the same bytes', async (context) => {
    const probe = spawnSync('unshare', [...UNSHARE, 'mount', '-t', 'tmpfs', 'tmpfs', folder], { encoding: 'utf8' });
    if (probe.status !== 0) {
      const reason = `no small file system can be mounted here: ${(probe.error?.message ?? probe.stderr).trim()}`;
      process.stderr.write(`disk-full.test.ts: skipped, ${reason}\n`);
      context.skip(reason);
    }
    const mount = join(folder, 'mount');
    await mkdir(mount);
    const location = join(mount, 'dataset');
    const args = [...UNSHARE, process.execPath, ...NODE_FROM_SOURCE, childPath('disk-full-child.ts'), mount, location];
    const output = execFileSync('unshare', args, { encoding: 'utf8' });
    const { failure, afterFailure, bytes } = JSON.parse(output) as {
      failure: { code: string; message: string; exitStatus: number };
      afterFailure: VerifyReport;
      bytes: Record<string, string>;
    };
    expect(failure).toMatchObject({ code: 'DISK_FULL', exitStatus: 1 });
    expect(failure.message).toMatch(
      /^The disk is full: \S+\/dataset\/\S+ can't be written; free some space and run the same command again, which goes on from the last committed shard\.$/,
    );
    expect(afterFailure.problems).toEqual([]);
    expect(afterFailure.complete).toBe(false);
    expect(afterFailure.shards).toBeGreaterThan(0);

    const whole = join(folder, 'whole');
    await writeSamples(whole);
    expect(bytes).toEqual(await folderBytes(whole));
  });
});
