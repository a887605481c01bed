import { open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { rethrowWriteError } from './disk-full-error.ts';
import { UserError } from './user-error.ts';

export const LOCK_FILE = 'writer.lock';

export interface Holder {
  processId: number;
  host: string;
  /** Tells a process from a later one of the same id; null where the system doesn't say. */
  started: string | null;
}

/**
 * Takes the right to write to a dataset. The lock is a file that names its process; the lock of a process that is gone is
 * taken over.
 * @returns gives the right back
 * @throws UserError DATASET_LOCKED if another writer holds it
 */
export async function takeWriterLock(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, LOCK_FILE);
  const holder = await currentHolder();
  for (;;) {
    if (await tryCreate(path, JSON.stringify(holder))) {
      await removeAsides(folder);
      return () => rm(path, { force: true });
    }
    const seen = await readLock(path);
    if (seen === null) continue;
    const current = parseHolder(seen);
    if (current !== null && (await isAlive(current))) {
      const elsewhere = current.host === hostname() ? '' : ` on ${current.host}`;
      throw new UserError(
        'DATASET_LOCKED',
        `Another writer, process ${current.processId}${elsewhere}, holds ${folder}; wait until it ends, or, if it is gone, delete ${path}.`,
      );
    }
    await removeStale(path, seen);
  }
}

/** This process. */
export const currentHolder = async (): Promise<Holder> => ({
  processId: process.pid,
  host: hostname(),
  started: await startOf(process.pid),
});

async function tryCreate(path: string, content: string): Promise<boolean> {
  try {
    const handle = await open(path, 'wx');
    try {
      await handle.writeFile(content);
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    rethrowWriteError(error, path);
  }
}

/** Null if the lock was given back meanwhile. An empty file is given a moment, since its writer may be about to fill it. */
async function readLock(path: string): Promise<string | null> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      const content = await readFile(path, 'utf8');
      if (content !== '' || attempt === 5) return content;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export function parseHolder(content: string): Holder | null {
  try {
    const holder = JSON.parse(content) as Holder;
    return Number.isSafeInteger(holder.processId) ? holder : null;
  } catch {
    return null;
  }
}

/** A process of another host can't be asked, so it counts as alive. */
export async function isAlive(holder: Holder): Promise<boolean> {
  if (holder.host !== hostname()) return true;
  try {
    process.kill(holder.processId, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return holder.started === null || holder.started === (await startOf(holder.processId));
}

/** Boot of the machine and start of the process in clock ticks since then, from procfs (proc(5), field 22 of stat). */
async function startOf(processId: number): Promise<string | null> {
  try {
    const stat = await readFile(`/proc/${processId}/stat`, 'utf8');
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return `${boot.trim()} ${ticks}`;
  } catch {
    return null;
  }
}

/** Removes stale locks that were moved aside by processes that were killed before they had deleted them. */
async function removeAsides(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const processId = /^writer\.lock\.(\d+)\.stale$/.exec(name)?.[1];
    if (processId === undefined) continue;
    if (!(await isAlive({ processId: Number(processId), host: hostname(), started: null })))
      await rm(join(folder, name), { force: true });
  }
}

/** Moves the stale lock aside before deleting it: if two writers find it, the second must not delete the first one's new lock. */
async function removeStale(path: string, seen: string): Promise<void> {
  const aside = `${path}.${process.pid}.stale`;
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if ((await readFile(aside, 'utf8')) === seen) await rm(aside, { force: true });
  else await rename(aside, path);
}
