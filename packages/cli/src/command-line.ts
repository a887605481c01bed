import { readFileSync } from 'node:fs';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { CommandContext } from './command-context.ts';
import { describeFailure } from './failure.ts';
import { watchInterrupts } from './interrupt.ts';
import { createReporter, type LogFormat } from './reporter.ts';

/** Where a command reads and writes; a test brings its own. */
export interface Streams {
  stdout: { write(text: string): unknown };
  stderr: { isTTY?: boolean; write(text: string): unknown };
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
  const program = new Command('wenlan')
    .description('From image-text datasets to an evaluated Chinese vision-language model.')
    .version(packageVersion())
    .option('--json', 'print one JSON object on standard output and nothing else')
    .addOption(new Option('--log <format>', 'form of progress on standard error').choices(['auto', 'json']).default('auto'))
    .option('--debug', 'print the stack of an error')
    .configureOutput({ writeOut: (text) => void streams.stdout.write(text), writeErr: (text) => void streams.stderr.write(text) })
    .exitOverride();

  const run = async (work: (context: CommandContext) => Promise<number | void>): Promise<void> => {
    const options = program.opts<GlobalOptions>();
    const reporter = createReporter(streams.stderr, options.log, Date.now);
    const interrupt = watchInterrupts((sentence) => reporter.note(sentence));
    const print: CommandContext['print'] = (result, lines) => {
      reporter.settle();
      streams.stdout.write(`${options.json === true ? JSON.stringify(result) : lines.join('\n')}\n`);
    };
    try {
      exitStatus = (await work({ reporter, signal: interrupt.signal, print })) ?? 0;
    } catch (error) {
      reporter.settle();
      const failure = describeFailure(error, interrupt.signal.aborted);
      streams.stderr.write(`${options.debug === true && error instanceof Error ? error.stack : failure.sentence}\n`);
      exitStatus = failure.exitStatus;
    } finally {
      interrupt.dispose();
    }
  };

  addCommands(program, run);
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : 2;
  }
  return exitStatus;
}

type Run = (work: (context: CommandContext) => Promise<number | void>) => Promise<void>;

function addCommands(program: Command, run: Run): void {
  const engine = program.command('engine').description('the TensorFlow engine: find or build it, say what is in use');
  engine
    .command('install')
    .description("build the binding against the machine's TensorFlow, or against one that pip downloads")
    .option('--cuda', 'use tensorflow[and-cuda], for an NVIDIA GPU')
    .action((options) => run(async (context) => (await import('./commands/engine.ts')).engineInstallCommand(options, context)));
  engine
    .command('status')
    .description('say which engine is installed')
    .action(() => run(async (context) => (await import('./commands/engine.ts')).engineStatusCommand(context)));
  program
    .command('inspect <dataset>')
    .description('count the rows of a dataset by outcome, source and split')
    .action((dataset) => run(async (context) => (await import('./commands/inspect.ts')).inspectCommand(dataset, context)));
  program
    .command('verify <dataset>')
    .description('check every checksum, every picture against its sha256, and that no id comes twice')
    .action((dataset) => run(async (context) => (await import('./commands/verify.ts')).verifyCommand(dataset, context)));
  program
    .command('train')
    .description('train BriVL with cross-modal MoCo on the split train; run again to go on after a stop')
    .requiredOption('--data <dataset>', 'the dataset')
    .requiredOption('--out <folder>', 'the folder of the run')
    .option('--config <file>', 'wenlan.yaml')
    .option('--steps <count>', 'steps in all', wholeNumber)
    .option('--seed <number>', 'seed of everything random', wholeNumber)
    .option('--workers <count>', 'threads that decode pictures', wholeNumber, 1)
    .action((options) => run(async (context) => (await import('./commands/train.ts')).trainCommand(options, context)));
  program
    .command('evaluate <run>')
    .description('recall at 1, 5 and 10 in both directions on held-out pairs')
    .requiredOption('--data <dataset>', 'the dataset')
    .option('--config <file>', 'wenlan.yaml')
    .option('--split <name>', 'the split that is ranked')
    .action((folder, options) =>
      run(async (context) => (await import('./commands/evaluate.ts')).evaluateCommand(folder, options, context)),
    );
  program
    .command('search <run> <query>')
    .description('find pictures by a sentence, or captions by a picture file')
    .requiredOption('--data <dataset>', 'the dataset that is searched')
    .option('--config <file>', 'wenlan.yaml')
    .option('--top <count>', 'matches to print', wholeNumber, 10)
    .action((folder, query, options) =>
      run(async (context) => (await import('./commands/search.ts')).searchCommand(folder, query, options, context)),
    );
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Give a whole number.');
  return Number(text);
}

function packageVersion(): string {
  return (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version;
}
