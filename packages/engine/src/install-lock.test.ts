import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withInstallLock } from './install-lock.ts';

let folder: string;
let lock: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-lock-'));
  lock = join(folder, 'install.lock');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const sayNothing = (sentence: string): void => {
  throw new Error(`Nothing is to be waited for, but: ${sentence}`);
};

describe(withInstallLock, () => {
  it('holds the number of this process while it works and leaves nothing', async () => {
    const held = await withInstallLock(folder, sayNothing, () => readFile(lock, 'utf8'));
    expect(held).toBe(String(process.pid));
    expect(await readdir(folder)).toEqual([]);
  });

  it('is given back when the work fails', async () => {
    const failure = withInstallLock(folder, sayNothing, () => Promise.reject(new Error('no disk')));
    await expect(failure).rejects.toThrow('no disk');
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([
    { of: 'a process that is gone', content: () => String(spawnSync(process.execPath, ['--version']).pid) },
    { of: 'an earlier process of our number', content: () => String(process.pid) },
    { of: 'nobody, damaged', content: () => '' },
  ])('of $of is taken over', async ({ content }) => {
    await writeFile(lock, content());
    expect(await withInstallLock(folder, sayNothing, () => readFile(lock, 'utf8'))).toBe(String(process.pid));
    expect(await readdir(folder)).toEqual([]);
  });

  it('of a process that lives is waited for, and said once', async () => {
    await writeFile(lock, String(process.ppid));
    const said: string[] = [];
    const done = await withInstallLock(
      folder,
      (sentence) => {
        said.push(sentence);
        void rm(lock);
      },
      () => Promise.resolve('done'),
    );
    expect(done).toBe('done');
    expect(said).toEqual([
      `Waiting for process ${process.ppid}, which installs into the same folder; remove ${lock} if it doesn't.`,
    ]);
  });

  it('keeps two installations of one process apart', async () => {
    const events: string[] = [];
    const work = (name: string) => async (): Promise<void> => {
      events.push(`${name} begins`);
      await readdir(folder);
      events.push(`${name} ends`);
    };
    await Promise.all(['a', 'b', 'c'].map((name) => withInstallLock(folder, () => {}, work(name))));
    expect(events).toHaveLength(6);
    for (let i = 0; i < 6; i += 2) expect(events[i]!.replace('begins', 'ends')).toBe(events[i + 1]);
  });
});
