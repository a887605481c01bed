import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { emptyPair, openDataset, pairId } from '@wenlan/shards';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redisMissing, startRedis } from '../packages/queue/test/support/redis-server.ts';
import { writeDrawnPairs } from './support/drawn-pairs.ts';

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

it('the README of engine fits a line', { timeout: 120_000 }, async () => {
  const [example] = await examplesOf('engine');
  expect(await output('engine', example!.program)).toBe('3.000\n');
});

it('the README of model trains, encodes and searches', { timeout: 300_000 }, async () => {
  const programs = (await examplesOf('model')).map(({ program }) => program);
  const exampleWith = (call: string): string => programs.find((program) => program.includes(call))!;
  await writeDrawnPairs(join(folder, 'model/pairs'), 2);
  const settings = 'steps: 2, batchSize: 8, queueSize: 16';
  expect(await output('model', programs[0]!.replace('steps: 400', settings))).toMatch(/^2 [\d.]+ (null|[\d.]+)\n$/u);
  const searched = await output('model', exampleWith('encodeDataset(') + exampleWith('openVectorIndex('));
  const [lines, index] = [searched.split('\n').slice(0, 3), searched.split('\n').slice(3).join('\n')];
  for (const line of lines) expect(line).toMatch(/^-?[\d.e-]+ [A-Z2-7]{26} \p{Script=Han}+$/u);
  for (const line of lines) expect(index).toContain(line.split(' ')[1]);
});

if (redisMissing !== null) process.stderr.write(`The README of queue isn't run: ${redisMissing}.\n`);
it.skipIf(redisMissing !== null)('the README of queue crawls', { timeout: 120_000 }, async () => {
  const [example] = await examplesOf('queue');
  const site = createServer((_, response) => response.end('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'));
  await new Promise<void>((done) => void site.listen(0, '127.0.0.1', done));
  await mkdir(join(folder, 'queue/redis'), { recursive: true });
  const redis = await startRedis(join(folder, 'queue/redis'));
  try {
    const { port } = site.address() as AddressInfo;
    await writeFile(join(folder, 'queue/urls.csv'), `url,caption\nhttp://127.0.0.1:${port}/a.svg,山\n`);
    const program = example!.program
      .replace('redis://127.0.0.1:6379', redis.url)
      .replace('settings: {', "settings: { allowAddresses: ['127.0.0.0/8'],");
    expect(await output('queue', program)).toMatch(/^1 /u);
  } finally {
    site.close();
    await redis.close();
  }
});
