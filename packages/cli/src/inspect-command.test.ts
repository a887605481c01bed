import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyPair, openDataset } from '@wenlan/shards';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommandLine } from './command-line.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-inspect-'));
  const writer = await openDataset(folder, { stage: 'test', recipe: {} });
  const texts = ['图', '两张', '三张图', '𠮷野家的图'];
  const rows = texts.map((text, number) =>
    emptyPair({
      id: String(number),
      source: 'local',
      outcome: 'ok',
      texts: [{ kind: 'alt', text }],
      width: number === 3 ? null : 600,
      height: number === 3 ? null : 100 * (number + 1),
    }),
  );
  await writer.append(rows, 'train');
  await writer.finish();
});
afterAll(() => rm(folder, { recursive: true }));

async function inspect(...args: string[]): Promise<string> {
  let out = '';
  const ignore = { write: () => {} };
  const status = await runCommandLine([...args, 'inspect', folder], {
    stdout: { write: (text) => void (out += text) },
    stderr: ignore,
  });
  expect(status).toBe(0);
  return out;
}

it('inspect draws how long texts are and how large pictures', async () => {
  const lines = (await inspect()).split('\n');
  const at = lines.indexOf('texts by length in characters');
  expect(lines.slice(at, at + 8)).toEqual([
    'texts by length in characters',
    `          1  1–1           ${'█'.repeat(20)}`,
    `          2  2–3           ${'█'.repeat(40)}`,
    `          1  4–7           ${'█'.repeat(20)}`,
    'pictures by shorter side in pixels',
    `          1  64–127        ${'█'.repeat(40)}`,
    `          1  128–255       ${'█'.repeat(40)}`,
    `          1  256–511       ${'█'.repeat(40)}`,
  ]);
});

it('inspect --json has the same as data', async () => {
  expect(JSON.parse(await inspect('--json'))).toMatchObject({
    rows: 4,
    shards: 1,
    byOutcome: { ok: 4 },
    bySource: { local: 4 },
    bySplit: { train: 4 },
    textLengths: [
      { from: 1, to: 1, count: 1 },
      { from: 2, to: 3, count: 2 },
      { from: 4, to: 7, count: 1 },
    ],
    imageSides: [
      { from: 64, to: 127, count: 1 },
      { from: 128, to: 255, count: 1 },
      { from: 256, to: 511, count: 1 },
    ],
  });
});
