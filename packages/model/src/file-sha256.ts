import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** Runs in the thread; as text, so that it needs no module of its own, from source or built. */
const HASH_FILE = `
const { createHash } = require('node:crypto');
const { openSync, readSync } = require('node:fs');
const { parentPort, workerData } = require('node:worker_threads');
const hash = createHash('sha256');
const buffer = Buffer.allocUnsafe(1 << 20);
const file = openSync(workerData, 'r');
for (let length; (length = readSync(file, buffer)) > 0; ) hash.update(buffer.subarray(0, length));
parentPort.postMessage(hash.digest('hex'));
`;

/**
 * The sha256 of a file, hexadecimal, computed by a thread: half a gigabyte takes half a second, in which this one loads TensorFlow.
 * @throws Error as node:fs does if the file can't be read
 */
export async function sha256OfFile(file: string): Promise<string> {
  const worker = new Worker(HASH_FILE, { eval: true, workerData: file });
  const [digest] = (await once(worker, 'message')) as [string]; // rejects on the thread's error
  return digest;
}
