import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from './command-line.ts';
import { findContent, namesOf } from './serve/find-content.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-serve-'));
  const rows = ['path,caption'];
  for (let index = 0; index < 4; index += 1) {
    const side = 50 + 10 * index;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}"><rect width="100%" height="100%" fill="hsl(${index * 60} 80% 60%)"/><circle cx="${5 + 5 * index}" cy="20" r="${6 + 3 * index}" fill="navy"/></svg>`;
    await sharp(Buffer.from(svg))
      .png()
      .toFile(join(folder, `${index}.png`));
    rows.push(`${index}.png,第${index}张图里的圆`);
  }
  await writeFile(join(folder, 'list.csv'), `${rows.join('\n')}\n`);
  await writeFile(join(folder, 'recipe.yaml'), 'extends: small-pictures\nsplit: { validation: 0, test: 0 }\n');
  await wenlan('import', join(folder, 'list.csv'), '--out', join(folder, 'out/raw'));
  await wenlan('clean', join(folder, 'out/raw'), '--out', join(folder, 'out/clean'), '--recipe', join(folder, 'recipe.yaml'));
  await mkdir(join(folder, 'out/runs/brivl'), { recursive: true });
  await mkdir(join(folder, 'out/runs/brivl/checkpoints/step-00000002'), { recursive: true });
  await writeFile(join(folder, 'out/runs/brivl/metrics.jsonl'), '{"step":1,"loss":9}\n{"step":2,"loss":8}\n{"step":3,"lo');
});
afterAll(() => rm(folder, { recursive: true }));

async function wenlan(...args: string[]): Promise<void> {
  let err = '';
  const streams = { stdout: { write: () => {} }, stderr: { write: (text: string) => void (err += text) } };
  expect({ status: await runCommandLine(args, streams), err }).toMatchObject({ status: 0 });
}

/** Starts `wenlan serve`, does the work, and interrupts it. @returns its exit status */
async function serving(args: string[], work: (url: string) => Promise<void>): Promise<number | null> {
  const node = ['--conditions=@wenlan/source', '--import', 'tsx', join(import.meta.dirname, 'main.ts'), '--json', 'serve'];
  const env = { ...process.env, XDG_CACHE_HOME: join(folder, 'cache') };
  const child = spawn(process.execPath, [...node, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env });
  const closed = once(child, 'close');
  try {
    const [line] = (await Promise.race([once(createInterface(child.stdout), 'line'), closed])) as [string];
    await work((JSON.parse(line) as { url: string }).url);
  } finally {
    child.kill('SIGINT');
  }
  return ((await closed) as [number | null])[0];
}

// oxlint-disable-next-line typescript/no-explicit-any
const bodyOf = async (response: Promise<Response>): Promise<any> => (await response).json();

describe('wenlan serve', () => {
  it('shows datasets and runs below a folder until it is interrupted', async () => {
    const status = await serving([join(folder, 'out')], async (url) => {
      const content = await bodyOf(fetch(new URL('/api/studio', url)));
      expect(content.datasets.map(({ name, rows }: { name: string; rows: number }) => [name, rows])).toEqual([
        ['clean', 4],
        ['raw', 4],
      ]);
      expect([content.runs, content.cleaning, content.search]).toEqual([['brivl'], ['clean'], null]);
      expect((await bodyOf(fetch(new URL('/api/runs/brivl/metrics', url)))).columns.loss).toEqual({
        steps: [1, 2],
        values: [9, 8],
      });
      expect((await bodyOf(fetch(new URL('/api/runs/brivl/metrics', url)))).resumePoints).toEqual([2]);
      const page = await (await fetch(url)).text();
      expect(page).toContain('<title>WenLan studio</title>');
    });
    expect(status).toBe(0);
  });

  it('judges stored scores by other thresholds, and gives the recipe that cleaning takes', async () => {
    await serving([join(folder, 'out/clean')], async (url) => {
      const post = (path: string, changes: object): Promise<Response> =>
        fetch(new URL(`/api/cleaning/clean/${path}`, url), { method: 'POST', body: JSON.stringify({ changes }) });
      expect((await bodyOf(post('preview', {}))).kept).toBe(4);
      const changes = { 'min-side': { min: 55 } };
      expect(await bodyOf(post('preview', changes))).toMatchObject({
        kept: 3,
        funnel: expect.arrayContaining([{ rule: 'min-side', in: 4, out: 3 }]),
      });
      for (const path of ['preview', 'recipe']) {
        const refused = await bodyOf(post(path, { 'min-side': { min: 'many' } }));
        expect(refused).toMatchObject({ status: 400, title: 'CHANGES_REFUSED', detail: expect.stringContaining('min') });
      }
      await writeFile(join(folder, 'saved.yaml'), await (await post('recipe', changes)).text());
    });
    let out = '';
    const streams = { stdout: { write: (text: string) => void (out += text) }, stderr: { write: () => {} } };
    const args = ['--json', 'clean', join(folder, 'out/clean'), '--retune', '--recipe', join(folder, 'saved.yaml')];
    expect(await runCommandLine(args, streams)).toBe(0);
    expect((JSON.parse(out) as { kept: number }).kept).toBe(3);
  });

  it.each([
    [() => [join(folder, 'out/runs/brivl/nothing')], 'holds no dataset, no run and no comparison'],
    [() => [join(folder, 'out'), '--host', '0.0.0.0'], 'give it a token'],
    [() => [join(folder, 'out'), '--run', join(folder, 'none')], 'none'],
  ])('refuses %s in one sentence', async (args, said) => {
    let err = '';
    const streams = { stdout: { write: () => {} }, stderr: { write: (text: string) => void (err += text) } };
    expect(await runCommandLine(['serve', ...args()], streams)).toBe(2);
    expect(err.trim().split('\n').at(-1)).toContain(said);
  });
});

describe(namesOf, () => {
  it('tells two locations apart that end alike', async () => {
    expect([...namesOf(['a/clean', 'b/clean', 'a/raw']).values()]).toEqual(['a/clean', 'b/clean', 'raw']);
    expect(await findContent([join(folder, 'out')])).toEqual({
      datasets: [join(folder, 'out/clean'), join(folder, 'out/raw')],
      runs: [join(folder, 'out/runs/brivl')],
      comparisons: [],
    });
  });
});
