import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { NODE_FROM_SOURCE } from './support/run-child.ts';

const README = fileURLToPath(new URL('../README.md', import.meta.url));

/** Below this package, so that Node finds it by its own name. */
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(fileURLToPath(new URL('./readme-', import.meta.url)));
});
afterAll(() => rm(folder, { recursive: true }));

it('the example of the README prints what the README says', async () => {
  const text = await readFile(README, 'utf8');
  const [, program, printed] = /```js\n(.+?)```\n\nprints\n\n```\n(.+?)```/s.exec(text)!;
  await writeFile(join(folder, 'example.mjs'), program!);
  const env = { ...process.env, NO_COLOR: '1' };
  const output = execFileSync(process.execPath, [...NODE_FROM_SOURCE, 'example.mjs'], { cwd: folder, encoding: 'utf8', env });
  expect(output).toBe(printed);
});
