import { createProgram } from '../../packages/cli/src/command-line.ts';

/** Parses as the `wenlan` command does, and runs nothing. @returns what the parser refuses, in its own words; empty if nothing */
export async function parseProblem(args: readonly string[]): Promise<string> {
  const silent = { write: () => {} };
  const program = createProgram({ stdout: silent, stderr: silent }, async () => {});
  try {
    await program.parseAsync([...args], { from: 'user' });
    return '';
  } catch (error) {
    const { exitCode, message } = error as { exitCode?: number; message: string };
    if (exitCode === undefined) throw error;
    return exitCode === 0 ? '' : message;
  }
}
