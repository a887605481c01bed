import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyDataset } from '@wenlan/shards';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../src/random.ts';
import { folderBytes } from './support/folder-bytes.ts';
import { picture } from './support/pictures.ts';
import { startChild } from './support/run-child.ts';

const KILLS = 5;
const ROWS = 40;
const url = (number: number): string => `https://a.example/${number}.jpg`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-formats-kill-'));
  const lines: string[] = [];
  for (let number = 0; number < ROWS; number += 1) {
    await writeFile(join(folder, `${number}.jpg`), await picture(number));
    lines.push(JSON.stringify({ url: url(number), path: `${number}.jpg`, caption: `第${number}张` }));
  }
  await writeFile(join(folder, 'list.jsonl'), lines.join('\n'));
});
afterAll(() => rm(folder, { recursive: true }));

/** @returns whether the process was killed: `thenMillis` after it has said `lines` lines */
async function run(out: string, lines: number, thenMillis: number): Promise<boolean> {
  const child = startChild('formats-child.ts', [join(folder, 'list.jsonl'), join(folder, out), url(13)]);
  let said = 0;
  child.stdout!.on('data', (text: Buffer) => {
    said += text.toString().split('\n').length - 1;
    if (said >= lines) setTimeout(() => child.kill('SIGKILL'), thenMillis);
  });
  const [status, signal] = (await once(child, 'exit')) as [number | null, string | null];
  if (signal === null) expect(status).toBe(0);
  return signal === 'SIGKILL';
}

describe('import, forget and export that are killed again and again', () => {
  it(`end with the bytes of those that never were (${KILLS} kills)`, async () => {
    expect(await run('whole', Infinity, 0)).toBe(false);
    const expected = await folderBytes(join(folder, 'whole'));
    const random = seededRandom(4, 'formats');
    for (let kill = 0; kill < KILLS; kill += 1) await run('killed', 2 + 3 * kill, random.between(0, 15));
    expect(await run('killed', Infinity, 0)).toBe(false);
    expect(await folderBytes(join(folder, 'killed'))).toEqual(expected);
    expect(await verifyDataset(join(folder, 'killed', 'data'))).toMatchObject({ sound: true, complete: true, rows: ROWS });
  });
});
