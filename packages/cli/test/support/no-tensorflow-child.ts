// Runs commands one after another in a process in which importing anything of TensorFlow fails, after the help of every command.
// Argument: JSON, the lists of arguments. Prints a JSON list of { args, status, err }.
import { register } from 'node:module';
import type { Command } from 'commander';

const refuse = `export async function resolve(specifier, context, next) {
  if (specifier.startsWith('@tensorflow/')) throw new Error('TensorFlow is imported by ' + context.parentURL);
  return next(specifier, context);
}`;
register(`data:text/javascript,${encodeURIComponent(refuse)}`);

const { createProgram, runCommandLine } = await import('../../src/command-line.ts');

function pathsOf(command: Command, path: readonly string[] = []): string[][] {
  return [[...path], ...command.commands.flatMap((each) => pathsOf(each, [...path, each.name()]))];
}
const ignore = { write: () => {} };
const helps = pathsOf(createProgram({ stdout: ignore, stderr: ignore }, async () => {})).map((path) => [...path, '--help']);
const results: unknown[] = [];
for (const args of [...helps, ...(JSON.parse(process.argv[2]!) as string[][])]) {
  let err = '';
  const status = await runCommandLine(args, { stdout: ignore, stderr: { write: (text) => void (err += text) } });
  results.push({ args, status, err });
}
process.stdout.write(JSON.stringify(results));
