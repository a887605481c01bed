import { type Command, Option } from 'commander';
import type { Run } from '../command-context.ts';
import { connectToOption, priorityOption, wholeNumber } from '../option-parsers.ts';
import { UsageError } from '../usage-error.ts';

/** The line from a list of websites to clean shards, as a whole and stage by stage. */
export function addPipelineCommands(program: Command, run: Run): void {
  program
    .command('quickstart')
    .description('the whole line on a small web: crawl, clean, train, evaluate, report; run again to go on after a stop')
    .option('--out <folder>', 'the folder of all that it writes', 'quickstart')
    .option('--site <folder>', 'crawl a folder of HTML pages instead of the sample web')
    .addOption(connectToOption())
    .option('--workers <count>', 'threads that decode pictures in training', wholeNumber, 1)
    .action((options) => run(async (context) => (await import('../commands/quickstart.ts')).quickstartCommand(options, context)));
  program
    .command('init [file]')
    .description('write a commented wenlan.yaml to start from')
    .action((file: string | undefined) =>
      run(async (context) => (await import('../commands/init.ts')).initCommand(file ?? 'wenlan.yaml', context)),
    );
  program
    .command('run')
    .description('the whole line as wenlan.yaml has it; run again to go on after a stop')
    .option('--config <file>', 'wenlan.yaml')
    .option('--out <folder>', 'instead of the one in the config')
    .addOption(connectToOption())
    .option('--workers <count>', 'threads that decode pictures in training', wholeNumber, 1)
    .action((options) => run(async (context) => (await import('../commands/run.ts')).runCommand(options, context)));
  program
    .command('crawl')
    .description('fetch the pictures of the sources in wenlan.yaml, and what is said of them, into a raw dataset')
    .requiredOption('--out <dataset>', 'the raw dataset')
    .option('--config <file>', 'wenlan.yaml')
    .addOption(
      new Option('--source <kind>', 'crawl one source without a config').choices([
        'encyclopedia',
        'news',
        'weibo',
        'web',
        'commoncrawl',
        'list',
        'local',
      ]),
    )
    .option('--seed <urls...>', 'where that source begins: URLs; files or folders of a list, local or commoncrawl')
    .option('--url-col <name>', 'column of a list that holds the URLs of pictures; known by its usual names')
    .option('--caption-col <name>', 'column of a list that holds the texts; known by their usual names')
    .option('--contact <mail>', 'a mail address or page by which a site can reach you')
    .option('--allow-address <ranges...>', 'private addresses that may be fetched, such as 127.0.0.0/8')
    .option('--max-pages <count>', 'pages asked for; of a list its rows', wholeNumber)
    .option('--queue <url>', 'let workers crawl, which take their work from this Redis; instead of the one in the config')
    .addOption(priorityOption())
    .option('--since <dataset>', 'a finished crawl: what has not changed since is taken from it, not fetched')
    .option('--forgotten-in <datasets...>', 'datasets whose forgotten pairs must not come back')
    .addOption(
      new Option('--resize <mode>', 'fit pictures to a size as img2dataset does; kept as sent by default').choices([
        'border',
        'keep_ratio',
        'keep_ratio_largest',
        'center_crop',
      ]),
    )
    .option('--resize-size <pixels>', 'of the side that is fitted; 256 by default', wholeNumber)
    .option('--resize-only-if-bigger', 'leave smaller pictures as they were sent')
    .addOption(new Option('--resize-format <format>', 'jpeg by default').choices(['jpeg', 'png', 'webp']))
    .option('--resize-quality <quality>', 'of JPEG and WebP, 1 to 100; 95 by default', wholeNumber)
    .addOption(connectToOption())
    .action((options) => run(async (context) => (await import('../commands/crawl.ts')).crawlCommand(options, context)));
  program
    .command('retry <dataset>')
    .description('fetch rows of a finished crawl again, such as those that timed out')
    .requiredOption('--where <condition>', 'which rows, such as "outcome in (timeout, http-5xx)"')
    .option('--config <file>', 'wenlan.yaml')
    .option('--contact <mail>', 'instead of the one in the config')
    .option('--allow-address <ranges...>', 'instead of those in the config')
    .option('--queue <url>', 'let workers fetch, which take their work from this Redis; instead of the one in the config')
    .addOption(priorityOption())
    .addOption(connectToOption())
    .action((dataset, options) =>
      run(async (context) => (await import('../commands/retry.ts')).retryCommand(dataset, options, context)),
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
    .option('--queue <url>', 'let workers measure, which take their work from this Redis; instead of the one in the config')
    .addOption(priorityOption())
    .option('--run <folder>', 'a trained run that says how pictures and texts correlate, for the rule band')
    .option(
      '--vectors <folder>',
      'vectors for the same: pictures.arrow and captions.arrow of `wenlan encode`, or images.npy, texts.npy and ids.txt',
    )
    .option('--onnx <folder>', 'any two-tower model in ONNX for the same: both towers, vocab.txt and two-tower.yaml')
    .option('--sample <rows>', 'show what becomes of so many rows, and write nothing', wholeNumber)
    .option('--measure', 'print how often each rule on texts errs on the labelled texts that come with it')
    .action((dataset: string | undefined, options) =>
      run(async (context) => {
        const trial = await import('../commands/clean-trial.ts');
        if (options.measure === true) return trial.cleanMeasureCommand(context);
        if (dataset === undefined)
          throw new UsageError('DATASET_MISSING', 'Name the dataset that is cleaned, or give --measure.');
        if (options.sample !== undefined) return trial.cleanSampleCommand(dataset, options, context);
        return (await import('../commands/clean.ts')).cleanCommand(dataset, options, context);
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
      run(async (context) => (await import('../commands/explain.ts')).explainCommand(input, options, context)),
    );
}
