import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { gitCommit, type RunEnvironment } from './run-environment.ts';
import { noteEnvironment, readRun, type RunRecord, writeRun } from './run-record.ts';

const hasGit = spawnSync('git', ['--version']).status === 0;
if (!hasGit) process.stderr.write('Skipped: there is no git, so no commit was read from a repository.\n');

const ENVIRONMENT: RunEnvironment = {
  release: '0.1.0',
  gitCommit: null,
  tensorflow: '2.21.0',
  device: 'cpu',
  captures: true,
  processor: 'a processor',
  node: 'v20.19.0',
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-environment-'));
});

describe(gitCommit, () => {
  it.skipIf(!hasGit)('names the commit, and says when files differ from it', async () => {
    const git = (...args: string[]): string =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.test', ...args], { cwd: folder, encoding: 'utf8' }).trim();
    expect(await gitCommit(folder)).toBeNull();
    git('init', '-q');
    expect(await gitCommit(folder)).toBeNull();
    await writeFile(join(folder, 'wenlan.yaml'), 'seed: 1\n');
    git('add', '.');
    git('commit', '-q', '-m', 'config');
    const commit = git('rev-parse', 'HEAD');
    expect(commit).toMatch(/^[0-9a-f]{40}$/);
    await writeFile(join(folder, 'result.txt'), 'not tracked\n');
    expect(await gitCommit(folder)).toBe(commit);
    await writeFile(join(folder, 'wenlan.yaml'), 'seed: 2\n');
    expect(await gitCommit(folder)).toBe(`${commit}-dirty`);
  });
});

describe(noteEnvironment, () => {
  it('adds one that is another, and writes nothing for the same', async () => {
    const record = { formatVersion: 1, seed: 1 } as RunRecord;
    await writeRun(folder, record);
    const begun = await noteEnvironment(folder, record, ENVIRONMENT);
    expect(await noteEnvironment(folder, begun, { ...ENVIRONMENT })).toBe(begun);
    const moved = await noteEnvironment(folder, begun, { ...ENVIRONMENT, device: 'gpu' });
    expect(moved.environments!.map(({ device }) => device)).toEqual(['cpu', 'gpu']);
    expect(await readRun(folder)).toEqual(moved);
    expect((await readFile(join(folder, 'run.json'), 'utf8')).endsWith('}\n')).toBe(true);
  });
});
