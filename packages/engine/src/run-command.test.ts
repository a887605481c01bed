import { describe, expect, it } from 'vitest';
import { commandWorks, complaint, complaints, runCommand } from './run-command.ts';

const failing = (stderr: string, status = 1): Promise<unknown> =>
  runCommand(process.execPath, ['-e', `process.stderr.write(${JSON.stringify(stderr)}); process.exit(${status})`]).catch(
    (error: unknown) => error,
  );

describe(complaint, () => {
  it.each([
    {
      of: 'a compiler',
      stderr: 'a.cc:1:2: error: no x\n  1 | x\n    | ^\na.cc:3:1: error: no y\n',
      told: 'a.cc:1:2: error: no x',
    },
    {
      of: 'npm',
      stderr: 'npm error code E404\nnpm error 404 Not Found\nnpm error A log is in x\n',
      told: 'npm error 404 Not Found',
    },
    { of: 'pip', stderr: 'ERROR: No version\nERROR: No distribution\n', told: 'ERROR: No version' },
    { of: 'a command that names no error', stderr: 'one\ntwo\nthree\n', told: 'two three' },
  ])('of $of is its first error', async ({ stderr, told }) => {
    const error = await failing(stderr);
    expect(complaint(error)).toBe(told);
    expect(complaints(error)).toBe(stderr.trim());
  });

  it('of a silent command is what became of it', async () => {
    expect(complaint(await failing('', 3))).toContain('Command failed');
    expect(complaint(await runCommand('/nowhere/tool', []).catch((error: unknown) => error))).toBe('spawn /nowhere/tool ENOENT');
  });
});

describe(commandWorks, () => {
  it('is true of a command that ends with 0', async () => {
    expect(await commandWorks(process.execPath, ['--version'])).toBe(true);
    expect(await commandWorks(process.execPath, ['-e', 'process.exit(1)'])).toBe(false);
    expect(await commandWorks('/nowhere/tool', [])).toBe(false);
  });
});
