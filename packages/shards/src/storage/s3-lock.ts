import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { UserError } from '../user-error.ts';
import { currentHolder, isAlive, LOCK_FILE, parseHolder } from '../writer-lock.ts';
import type { S3Storage } from './s3-storage.ts';

/** A lock that wasn't renewed for this long, by the clock of the server, may be taken over. */
export const LEASE_MILLIS = 60_000;
const RENEWAL_MILLIS = LEASE_MILLIS / 4;

/**
 * Takes the right to write to a dataset in S3: an object that is put where there is none, names its process and is put again
 * every fifteen seconds. It is taken over, by a put that expects the version that was seen, once it wasn't renewed for a
 * minute, or at once if its process is gone from this machine. A writer that stood still for that long and wakes up changes
 * nothing: shards are put where there are none, and the manifest where it is the one that the writer has read or put last.
 * @throws UserError DATASET_LOCKED
 */
export async function takeS3Lock(storage: S3Storage, folder: string): Promise<() => Promise<void>> {
  const path = `${folder}/${LOCK_FILE}`;
  const holder = { ...(await currentHolder()), owner: randomUUID() };
  let renewals = 0;
  const content = (): Buffer => Buffer.from(JSON.stringify({ ...holder, renewals }));
  let version = await take(storage, path, folder, content());
  let renewing: Promise<void> = Promise.resolve();
  const renew = async (before: Promise<void>): Promise<void> => {
    await before;
    renewals += 1;
    // A lock that was lost shows where the manifest is put.
    version = await storage.put(path, content(), version).catch(() => version);
  };
  const timer = setInterval(() => {
    renewing = renew(renewing);
  }, RENEWAL_MILLIS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await renewing;
    await storage.remove(path, version).catch(() => {});
  };
}

async function take(storage: S3Storage, path: string, folder: string, content: Buffer): Promise<string> {
  const claim = (expected: string | null): Promise<string | null> =>
    storage.put(path, content, expected).catch((error: unknown) => {
      if ((error as UserError).code === 'DATASET_CHANGED') return null;
      throw error;
    });
  for (;;) {
    const first = await claim(null);
    if (first !== null) return first;
    const seen = await storage.read(path);
    if (seen === null) continue;
    const current = parseHolder(seen.bytes.toString());
    const age = (await storage.serverNow()) - seen.modifiedMillis;
    const isGone = current !== null && current.host === hostname() && !(await isAlive(current));
    if (!isGone && age <= LEASE_MILLIS) {
      const who = current === null ? 'Another writer' : `Another writer, process ${current.processId} on ${current.host},`;
      const seconds = Math.ceil((LEASE_MILLIS - age) / 1000);
      throw new UserError(
        'DATASET_LOCKED',
        `${who} holds ${folder}; wait until it ends, or, if it is gone, ${seconds} s until its lock ${path} may be taken over.`,
      );
    }
    const taken = await claim(seen.version);
    if (taken !== null) return taken;
  }
}
