import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const heldHere = new Set<string>();

/** Lets one process at a time install into a folder; the lock of a process that is gone is taken over. */
export async function withInstallLock<T>(folder: string, say: (sentence: string) => void, work: () => Promise<T>): Promise<T> {
  const lock = join(folder, 'install.lock');
  let told = false;
  for (;;) {
    const holder = await tryLock(lock);
    if (holder === undefined) break;
    if (!told) say(`Waiting for process ${holder}, which installs into the same folder; remove ${lock} if it doesn't.`);
    told = true;
    await delay(200);
  }
  try {
    return await work();
  } finally {
    heldHere.delete(lock);
    await rm(lock, { force: true });
  }
}

/** @returns the process that holds the lock, or undefined where it is ours now */
async function tryLock(lock: string): Promise<number | undefined> {
  if (heldHere.has(lock)) return process.pid;
  heldHere.add(lock);
  const own = `${lock}.${process.pid}`;
  try {
    // A link appears with its content, so that a lock without a number is never seen.
    await writeFile(own, String(process.pid));
    await link(own, lock);
    return undefined;
  } catch (error) {
    heldHere.delete(lock);
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const holder = await readFile(lock, 'utf8').catch(() => undefined);
    if (holder === undefined) return await tryLock(lock);
    if (isAlive(Number(holder))) return Number(holder);
    await removeStale(lock, holder);
    return await tryLock(lock);
  } finally {
    await rm(own, { force: true });
  }
}

/** Moves the lock away before it is removed: another process may have taken it over since it was read. */
async function removeStale(lock: string, holder: string): Promise<void> {
  const stale = `${lock}.${process.pid}.stale`;
  try {
    await rename(lock, stale);
    if ((await readFile(stale, 'utf8')) !== holder) await link(stale, lock);
  } catch (error) {
    if (!['ENOENT', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    await rm(stale, { force: true });
  }
}

/** A lock of this process's own number that it doesn't hold is of an earlier one: containers count from 1 each time. */
function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid < 1 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
