import { readFileSync } from 'node:fs';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { CommandContext } from './command-context.ts';
import { describeFailure } from './failure.ts';
import { watchInterrupts } from './interrupt.ts';
import { createReporter, type LogFormat } from './reporter.ts';
import { UsageError } from './usage-error.ts';

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
    .description('From a list of Chinese websites to an evaluated vision-language model.')
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
  program
    .command('quickstart')
    .description('the whole line on a small web: crawl, clean, train, evaluate, report; run again to go on after a stop')
    .option('--out <folder>', 'the folder of all that it writes', 'quickstart')
    .option('--site <folder>', 'crawl a folder of HTML pages instead of the sample web')
    .addOption(connectToOption())
    .option('--workers <count>', 'threads that decode pictures in training', wholeNumber, 1)
    .action((options) => run(async (context) => (await import('./commands/quickstart.ts')).quickstartCommand(options, context)));
  program
    .command('init [file]')
    .description('write a commented wenlan.yaml to start from')
    .action((file: string | undefined) =>
      run(async (context) => (await import('./commands/init.ts')).initCommand(file ?? 'wenlan.yaml', context)),
    );
  program
    .command('run')
    .description('the whole line as wenlan.yaml has it; run again to go on after a stop')
    .option('--config <file>', 'wenlan.yaml')
    .option('--out <folder>', 'instead of the one in the config')
    .addOption(connectToOption())
    .option('--workers <count>', 'threads that decode pictures in training', wholeNumber, 1)
    .action((options) => run(async (context) => (await import('./commands/run.ts')).runCommand(options, context)));
  program
    .command('crawl')
    .description('fetch the pictures of the sources in wenlan.yaml, and what is said of them, into a raw dataset')
    .requiredOption('--out <dataset>', 'the raw dataset')
    .option('--config <file>', 'wenlan.yaml')
    .addOption(
      new Option('--source <kind>', 'crawl one source without a config').choices(['encyclopedia', 'news', 'weibo', 'web']),
    )
    .option('--seed <urls...>', 'where that source begins')
    .option('--contact <mail>', 'a mail address or page by which a site can reach you')
    .option('--allow-address <ranges...>', 'private addresses that may be fetched, such as 127.0.0.0/8')
    .option('--max-pages <count>', 'pages asked for', wholeNumber)
    .addOption(connectToOption())
    .action((options) => run(async (context) => (await import('./commands/crawl.ts')).crawlCommand(options, context)));
  program
    .command('retry <dataset>')
    .description('fetch rows of a finished crawl again, such as those that timed out')
    .requiredOption('--where <condition>', 'which rows, such as "outcome in (timeout, http-5xx)"')
    .option('--config <file>', 'wenlan.yaml')
    .option('--contact <mail>', 'instead of the one in the config')
    .option('--allow-address <ranges...>', 'instead of those in the config')
    .addOption(connectToOption())
    .action((dataset, options) =>
      run(async (context) => (await import('./commands/retry.ts')).retryCommand(dataset, options, context)),
    );
  program
    .command('clean [dataset]')
    .description('clean a raw dataset into one with the splits train, validation and test')
    .option('--out <dataset>', 'the clean dataset')
    .option('--config <file>', 'wenlan.yaml')
    .option('--recipe <recipe>', 'a built-in recipe or a YAML file, instead of the one in the config')
    .option(
      '--retune',
      'judge the scores of a dataset that is clean already anew, without its pictures; with --out also write it',
    )
    .option('--run <folder>', 'a trained run that says how pictures and texts correlate, for the rule band')
    .option('--vectors <folder>', 'images.npy, texts.npy and ids.txt of any model, for the same')
    .option('--sample <rows>', 'show what becomes of so many rows, and write nothing', wholeNumber)
    .option('--measure', 'print how often each rule on texts errs on the labelled texts that come with it')
    .action((dataset: string | undefined, options) =>
      run(async (context) => {
        const trial = await import('./commands/clean-trial.ts');
        if (options.measure === true) return trial.cleanMeasureCommand(context);
        if (dataset === undefined)
          throw new UsageError('DATASET_MISSING', 'Name the dataset that is cleaned, or give --measure.');
        if (options.sample !== undefined) return trial.cleanSampleCommand(dataset, options, context);
        return (await import('./commands/clean.ts')).cleanCommand(dataset, options, context);
      }),
    );
  program
    .command('explain [input]')
    .description('print what every cleaning rule measures on a text, a picture or the lines of a file, and its verdict')
    .option('--lines <file>', 'explain each line of a file')
    .addOption(
      new Option('--profile <name>', 'what the texts are, and the recipe of that name').choices([
        'weibo',
        'news',
        'encyclopedia',
      ]),
    )
    .option('--recipe <recipe>', 'a built-in recipe or a YAML file, instead of that of the profile')
    .action((input, options) =>
      run(async (context) => (await import('./commands/explain.ts')).explainCommand(input, options, context)),
    );
  program
    .command('train')
    .description('train BriVL with cross-modal MoCo on the split train; run again to go on after a stop')
    .requiredOption('--data <dataset>', 'the dataset')
    .requiredOption('--out <folder>', 'the folder of the run')
    .option('--config <file>', 'wenlan.yaml')
    .option('--steps <count>', 'steps in all', wholeNumber)
    .option('--seed <number>', 'seed of everything random', wholeNumber)
    .option('--workers <count>', 'threads that decode pictures', wholeNumber, 1)
    .option('--init <file>', 'start from these weights: a released .pth, or safetensors of ours')
    .option('--init-image <file>', 'start the image backbone from weights of timm')
    .option('--init-text <folder>', 'start the text backbone from a BERT, whose vocab.txt is taken too')
    .option('--partial', 'take what fits of these weights instead of refusing them')
    .action((options) => run(async (context) => (await import('./commands/train.ts')).trainCommand(options, context)));
  program
    .command('evaluate <run>')
    .description('recall at 1, 5 and 10 in both directions on held-out pairs')
    .requiredOption('--data <dataset>', 'the dataset; with --task, the folder of the data set')
    .option('--config <file>', 'wenlan.yaml')
    .option('--split <name>', 'the split that is ranked')
    .option('--task <name>', 'a downstream data set: aic-icc, coco-cn, flickr30k-cn, muge, chinese-clip or brivl')
    .action((folder, options) =>
      run(async (context) =>
        options.task === undefined
          ? (await import('./commands/evaluate.ts')).evaluateCommand(folder, options, context)
          : (await import('./commands/evaluate-task.ts')).evaluateTaskCommand(folder, options, context),
      ),
    );
  program
    .command('compare <yaml>')
    .description(
      'train the systems that a YAML names within one budget, and evaluate all on the same held-out pairs; run again to go on',
    )
    .option('--trained-only', 'train nothing: evaluate and print what is trained already')
    .action((file, options) =>
      run(async (context) => (await import('./commands/compare.ts')).compareCommand(file, options, context)),
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
    .command('import <input>')
    .description('make a dataset of Parquet, WebDataset tars, lists or folders of pictures')
    .requiredOption('--out <dataset>', 'the dataset')
    .option('--format <format>', 'parquet, webdataset, list, folder and others; guessed by default')
    .option('--split <name>', 'where the rows go')
    .option('--images <folder>', 'where relative paths of pictures start')
    .action((input, options) =>
      run(async (context) => (await import('./commands/import.ts')).importCommand(input, options, context)),
    );
  program
    .command('export [dataset]')
    .description('write a dataset for other programs, or the weights of a run under the released names')
    .requiredOption('--out <path>', 'the folder of the files; of a run, the file')
    .requiredOption('--format <format>', 'parquet, webdataset, list or folder; of a run, pth or safetensors')
    .option('--run <folder>', 'the run whose weights are written, instead of a dataset')
    .option('--where <condition>', 'which rows, such as "source = news and width >= 400"')
    .option('--split <names...>', 'only these splits')
    .option('--table <type>', 'csv, tsv or jsonl, of the format list')
    .action((dataset, options) =>
      run(async (context) => (await import('./commands/export.ts')).exportCommand(dataset, options, context)),
    );
  program
    .command('forget <dataset>')
    .description('take pairs out for good, here and in the datasets made from it')
    .option('--id <ids...>', 'of pairs')
    .option('--url <urls...>', 'of pictures')
    .option('--page <urls...>', 'of pages that the pictures were found on')
    .option('--pages-under <urls...>', 'of whatever lies below, such as an account')
    .option('--sha256 <digests...>', 'of pictures')
    .option('--phash <hashes...>', 'pictures that look like one of these')
    .option('--near <bits>', 'how many of the 64 bits of a --phash may differ', wholeNumber, 4)
    .option('--derived <datasets...>', 'datasets made from this one')
    .action((dataset, options) =>
      run(async (context) => (await import('./commands/forget.ts')).forgetCommand(dataset, options, context)),
    );
  const score = program.command('score').description('score files that any model wrote');
  score
    .command('retrieval')
    .description('recall at 1, 5 and 10 in both directions of vectors')
    .requiredOption('--images <file>', '.npy, .arrow or .parquet, a row for each picture')
    .requiredOption('--texts <file>', '.npy, .arrow or .parquet, a row for each text')
    .requiredOption('--truth <file>', 'JSON: for each text the row numbers of its pictures')
    .option('--normalize', 'rank by cosine instead of by inner product')
    .addOption(
      new Option('--ties <rule>', 'which of equal scores ranks first')
        .choices(['index', 'optimistic', 'pessimistic'])
        .default('index'),
    )
    .action((options) =>
      run(async (context) => (await import('./commands/score-retrieval.ts')).scoreRetrievalCommand(options, context)),
    );
  score
    .command('captions')
    .description('BLEU, METEOR, ROUGE-L and CIDEr-D of captions, as pycocoevalcap has them')
    .requiredOption('--references <file>', 'JSON: {"id": ["句子", …]}')
    .requiredOption('--candidates <file>', 'JSON: {"id": "句子"}')
    .option('--tokenizer <names...>', 'char, jieba or space', ['char', 'jieba'])
    .action((options) =>
      run(async (context) => (await import('./commands/score-captions.ts')).scoreCaptionsCommand(options, context)),
    );
  score
    .command('classification')
    .description('top-1 and top-5 of pictures by prompts, by a linear probe or by neighbours')
    .requiredOption('--images <file>', '.npy, .arrow or .parquet, a row for each picture')
    .requiredOption('--labels <file>', 'JSON: {"classNames": [...], "labels": [0, ...], "classOfPrompt"?, "trainingLabels"?}')
    .addOption(new Option('--method <name>', 'how').choices(['zero-shot', 'linear-probe', 'knn']).default('zero-shot'))
    .option('--prompts <file>', 'vectors of the prompts, for zero-shot')
    .option('--training <file>', 'vectors of labelled pictures, for the others')
    .action((options) =>
      run(async (context) => (await import('./commands/score-classification.ts')).scoreClassificationCommand(options, context)),
    );
}

function connectToOption(): Option {
  const read = (value: string, before: Record<string, string>): Record<string, string> => {
    const [host, address] = value.split('=');
    if (!host || !address) throw new InvalidArgumentError('Give HOST=ADDRESS:PORT.');
    return { ...before, [host]: address };
  };
  return new Option('--connect-to <host=address:port>', 'where a host is reached, any number of times')
    .argParser(read)
    .default({}, 'by DNS');
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Give a whole number.');
  return Number(text);
}

function packageVersion(): string {
  return (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version;
}
