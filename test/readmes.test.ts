import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { emptyPair, openDataset, pairId } from '@wenlan/shards';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const SOURCE = ['--conditions=@wenlan/source', '--import', import.meta.resolve('tsx')];

/** Below the repository, so that Node finds the packages by their names. */
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(import.meta.dirname, 'readme-'));
});
afterAll(() => rm(folder, { recursive: true }));

interface Example {
  program: string;
  /** What the README says that it prints; absent where it says nothing. */
  printed: string | undefined;
}

async function examplesOf(name: string): Promise<Example[]> {
  const text = await readFile(join(root, 'packages', name, 'README.md'), 'utf8');
  const blocks = text.matchAll(/```(?:js|ts)\n(?<program>import .+?)```\n(?:\nprints\n\n```\n(?<printed>.+?)```)?/gsu);
  return [...blocks].map(({ groups }) => ({ program: groups!['program']!, printed: groups!['printed'] }));
}

/** Runs an example in a folder of its own. @returns what it printed */
async function output(name: string, program: string): Promise<string> {
  const own = join(folder, name);
  await mkdir(own, { recursive: true });
  await writeFile(join(own, 'example.mts'), program);
  const env = { ...process.env, NO_COLOR: '1' };
  return (await promisify(execFile)(process.execPath, [...SOURCE, 'example.mts'], { cwd: own, env })).stdout;
}

describe.each([
  ['cleaning', 1],
  ['crawler', 1],
  ['evaluation', 3],
])('the README of %s', (name, count) => {
  it('prints what it says, example by example', { timeout: 180_000 }, async () => {
    const examples = (await examplesOf(name)).filter(({ printed }) => printed !== undefined);
    expect(examples.length).toBeGreaterThanOrEqual(count);
    for (const [index, { program, printed }] of examples.entries())
      expect(await output(`${name}-${index}`, program)).toBe(printed);
  });
});

it('the README of studio serves a dataset', async () => {
  const [example] = await examplesOf('studio');
  const writer = await openDataset(join(folder, 'studio/quickstart/clean'), { stage: 'clean', recipe: {} });
  const imageUrl = 'https://site.example/1.png';
  await writer.append([emptyPair({ id: pairId(imageUrl, null), source: 'web', outcome: 'ok', imageUrl })]);
  await writer.finish();
  await writer.close();
  expect(await output('studio', example!.program)).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\n$/u);
});
