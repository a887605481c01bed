import { readFileSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';
import type { CommandContext, Run } from './command-context.ts';
import { addDatasetCommands } from './command-groups/dataset-commands.ts';
import { addModelCommands } from './command-groups/model-commands.ts';
import { addPipelineCommands } from './command-groups/pipeline-commands.ts';
import { addQueueCommands } from './command-groups/queue-commands.ts';
import { addScoreCommands } from './command-groups/score-commands.ts';
import { describeFailure } from './failure.ts';
import { watchInterrupts } from './interrupt.ts';
import { createReporter, type LogFormat } from './reporter.ts';

/** Where a command reads and writes; a test brings its own. */
export interface Streams {
  stdout: OutputStream;
  stderr: OutputStream & { isTTY?: boolean };
}

/** What takes text, such as `process.stdout`. */
export interface OutputStream {
  /** Takes a piece of text. */
  write(text: string): unknown;
}

interface GlobalOptions {
  json?: boolean;
  log: LogFormat;
  debug?: boolean;
}

/**
 * Runs the `wenlan` command. Commands are imported only when they run, so that `--help` is quick.
 * @param args without the names of node and the script
 * @returns the exit status: 0 done, 1 the run failed, 2 wrong usage, config or input, 130 interrupted
 */
export async function runCommandLine(args: string[], streams: Streams): Promise<number> {
  let exitStatus = 0;
  const program = createProgram(streams, async (work) => {
    const options = program.opts<GlobalOptions>();
    const reporter = createReporter(streams.stderr, options.log, Date.now);
    const interrupt = watchInterrupts((sentence) => reporter.note(sentence));
    const print: CommandContext['print'] = (result, lines) => {
      reporter.settle();
      streams.stdout.write(`${options.json === true ? JSON.stringify(result) : lines.join('\n')}\n`);
    };
    try {
      exitStatus = (await work({ reporter, signal: interrupt.signal, args, print })) ?? 0;
    } catch (error) {
      reporter.settle();
      const failure = describeFailure(error, interrupt.signal.aborted);
      streams.stderr.write(`${options.debug === true && error instanceof Error ? error.stack : failure.sentence}\n`);
      exitStatus = failure.exitStatus;
    } finally {
      interrupt.dispose();
    }
  });
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : 2;
  }
  return exitStatus;
}

/** The command line with all its commands. @param run does what a command is there for */
export function createProgram(streams: Streams, run: Run): Command {
  const program = new Command('wenlan')
    .description('From a list of Chinese websites to an evaluated vision-language model.')
    .version(packageVersion())
    .option('--json', 'print one JSON object on standard output and nothing else')
    .addOption(new Option('--log <format>', 'form of progress on standard error').choices(['auto', 'json']).default('auto'))
    .option('--debug', 'print the stack of an error')
    .configureOutput({ writeOut: (text) => void streams.stdout.write(text), writeErr: (text) => void streams.stderr.write(text) })
    .exitOverride();

  addPipelineCommands(program, run);
  addModelCommands(program, run);
  addDatasetCommands(program, run);
  addScoreCommands(program, run);
  addQueueCommands(program, run);
  return program;
}

function packageVersion(): string {
  return (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version;
}
