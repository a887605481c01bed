import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The sha256, hexadecimal, of all TypeScript or JavaScript below a folder, so that what was recorded by other code is told from what this would record. */
export function codeSha256(folder: string): string {
  const hash = createHash('sha256');
  const names = (readdirSync(folder, { recursive: true }) as string[]).filter((name) => /\.[jt]s$/.test(name)).sort();
  for (const name of names) hash.update(`${name}\n`).update(readFileSync(join(folder, name)));
  return hash.digest('hex');
}
