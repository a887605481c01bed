import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import type { SampleWeb } from '../src/index.ts';
import { get } from './get.ts';

const run = (...options: string[]): ChildProcessWithoutNullStreams =>
  spawn(process.execPath, [
    '--conditions=@wenlan/source',
    '--import',
    'tsx',
    join(import.meta.dirname, '../src/main.ts'),
    ...options,
  ]);

describe('main.ts', () => {
  it.each([
    ['its standard input ends', (child: ChildProcessWithoutNullStreams): unknown => child.stdin.end()],
    ['it is told to', (child: ChildProcessWithoutNullStreams): unknown => child.kill('SIGTERM')],
  ])(
    'prints where it serves as one line of JSON, and ends with status 0 when %s',
    async (_when, end) => {
      const child = run();
      try {
        const closed = once(child, 'close');
        const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
        const web = JSON.parse(line) as SampleWeb;
        expect(web.sites.map(({ kind }) => kind)).toEqual(['encyclopedia', 'news', 'weibo']);
        for (const { seeds } of web.sites) expect((await get(web, seeds[0]!)).status).toBeLessThan(400);
        end(child);
        expect((await closed)[0]).toBe(0);
      } finally {
        child.kill('SIGKILL');
      }
    },
    30_000,
  );

  it.each([
    ['--seed', 'one'],
    ['--port', '70000'],
  ])(
    'refuses %s %s in one sentence with status 2',
    async (option, value) => {
      const child = run(option, value);
      const [sentence, [status]] = await Promise.all([text(child.stderr), once(child, 'close')]);
      expect(sentence).toMatch(new RegExp(`^${option} ${value} is no whole number from 0 to \\d+\\.\\n$`));
      expect(status).toBe(2);
    },
    30_000,
  );
});
