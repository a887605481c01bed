import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { VerifyReport } from '@wenlan/shards';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-crawl-disk-full-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs a program where it may mount file systems that nobody else sees. */
const UNSHARE = ['--user', '--map-root-user', '--mount'];
const childPath = fileURLToPath(new URL('./support/disk-full-child.ts', import.meta.url));

describe('a full disk', () => {
  it('stops the crawl with one sentence, keeps what was committed, and with room it ends with the same bytes', async (context) => {
    const probe = spawnSync('unshare', [...UNSHARE, 'mount', '-t', 'tmpfs', 'tmpfs', folder], { encoding: 'utf8' });
    if (probe.status !== 0) {
      const reason = `no small file system can be mounted here: ${(probe.error?.message ?? probe.stderr).trim()}`;
      process.stderr.write(`disk-full.test.ts: skipped, ${reason}\n`);
      context.skip(reason);
    }
    const mount = join(folder, 'mount');
    await mkdir(mount);
    const node = [process.execPath, '--conditions=@wenlan/source', '--import', 'tsx', childPath];
    const output = execFileSync('unshare', [...UNSHARE, ...node, mount, join(mount, 'raw'), join(folder, 'whole')], {
      encoding: 'utf8',
    });
    const { failure, afterFailure, bytes, expected } = JSON.parse(output) as {
      failure: { code: string; message: string; exitStatus: number };
      afterFailure: VerifyReport;
      bytes: Record<string, string>;
      expected: Record<string, string>;
    };
    expect(failure).toMatchObject({ code: 'DISK_FULL', exitStatus: 1 });
    expect(failure.message).toMatch(
      /^The disk is full: \S+\/raw\/\S+ can't be written; free some space and run the same command again, which goes on from the last committed shard\.$/,
    );
    expect(afterFailure).toMatchObject({ problems: [], complete: false });
    expect(afterFailure.shards).toBeGreaterThan(0);
    expect(bytes).toEqual(expected);
  });
});
