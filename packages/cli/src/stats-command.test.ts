import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from './command-line.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-stats-'));
  await writeFile(join(folder, 'empty.txt'), '\n \n');
});
afterAll(() => rm(folder, { recursive: true }));

describe('stats and encode', () => {
  it.each([
    [['stats', 'RUN'], 'holds no run'],
    [['encode', 'RUN', '--out', 'a.arrow'], 'Say what is encoded'],
    [['encode', 'RUN', '--out', 'a.arrow', '--lines', 'a.txt', '--pictures', 'b'], 'Say what is encoded'],
    [['encode', 'RUN', '--out', 'a.arrow', '--lines', 'FOLDER/none.txt'], "none.txt can't be read (ENOENT)"],
    [['encode', 'RUN', '--out', 'a.arrow', '--lines', 'FOLDER/empty.txt'], 'has no line with a sentence'],
    [['encode', 'RUN', '--out', 'a.arrow', '--pictures', 'FOLDER/data'], 'holds no run'],
  ])('%j is refused in one sentence', async (args, said) => {
    let err = '';
    const streams = { stdout: { write: () => {} }, stderr: { write: (text: string) => void (err += text) } };
    const given = args.map((arg) => arg.replace('RUN', join(folder, 'run')).replace('FOLDER', folder));
    expect(await runCommandLine(given, streams)).toBe(2);
    expect(err).toContain(said);
    expect(err.trim().split('\n')).toHaveLength(1);
  });
});
