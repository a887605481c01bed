import { type Command, Option } from 'commander';
import type { Run } from '../command-context.ts';
import { positiveNumber, wholeNumber } from '../option-parsers.ts';

/** Training a model and putting it to use. */
export function addModelCommands(program: Command, run: Run): void {
  withRunFlags(program.command('train'))
    .description('train BriVL with cross-modal MoCo on the split train; run again to go on after a stop')
    .option('--workers <count>', 'threads that decode pictures, in each process', wholeNumber, 1)
    .option('--world-size <count>', 'processes on this machine that train together, one for each GPU', wholeNumber)
    .option('--rank-timeout <seconds>', 'one of several processes that is silent for so long is taken for lost', wholeNumber, 30)
    .action((options) => run(async (context) => (await import('../commands/train.ts')).trainCommand(options, context)));
  withRunFlags(program.command('cache-features'))
    .description('store what frozen layers make of the texts of a run; train with the same flags then reads it')
    .action((options) =>
      run(async (context) => (await import('../commands/cache-features.ts')).cacheFeaturesCommand(options, context)),
    );
  program
    .command('stats <folders...>')
    .description('curves and figures of training runs, finished or not; with --coverage, what datasets have pictures of')
    .option('--html <file>', 'also write the curves into a page')
    .addOption(new Option('--coverage', 'count the concepts of datasets, source by source').conflicts('html'))
    .action((folders, options) =>
      run(async (context) =>
        options.coverage === true
          ? (await import('../commands/stats-coverage.ts')).statsCoverageCommand(folders, context)
          : (await import('../commands/stats.ts')).statsCommand(folders, options, context),
      ),
    );
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
          ? (await import('../commands/evaluate.ts')).evaluateCommand(folder, options, context)
          : (await import('../commands/evaluate-task.ts')).evaluateTaskCommand(folder, options, context),
      ),
    );
  program
    .command('compare <yaml>')
    .description(
      'train the systems that a YAML names within one budget, and evaluate all on the same held-out pairs; run again to go on',
    )
    .option('--trained-only', 'train nothing: evaluate and print what is trained already')
    .action((file, options) =>
      run(async (context) => (await import('../commands/compare.ts')).compareCommand(file, options, context)),
    );
  program
    .command('encode <run>')
    .description('write the vectors of pictures or texts into an Arrow file; run again to go on after a stop')
    .requiredOption('--out <file>', 'the Arrow file: id, text, imageUrl, vector')
    .option('--pictures <dataset>', 'encode the pictures of a dataset')
    .option('--captions <dataset>', 'encode the captions of a dataset, one for each pair')
    .option('--lines <file>', 'encode each line of a text file')
    .option('--split <names...>', 'only these splits of the dataset')
    .option('--config <file>', 'wenlan.yaml, whose evaluate.captionKinds say which text is the caption')
    .action((folder, options) =>
      run(async (context) => (await import('../commands/encode.ts')).encodeCommand(folder, options, context)),
    );
  program
    .command('search <run> <query>')
    .description('find pictures by a sentence, or captions by a picture file')
    .requiredOption('--data <dataset>', 'the dataset that is searched')
    .option('--config <file>', 'wenlan.yaml')
    .option('--top <count>', 'matches to print', positiveNumber, 10)
    .action((folder, query, options) =>
      run(async (context) => (await import('../commands/search.ts')).searchCommand(folder, query, options, context)),
    );
  program
    .command('caption <run> <pictures...>')
    .description('say what is in picture files, by the run of a captioner; with --json as `score captions` takes it')
    .option('--beams <count>', 'sentences that are kept side by side', positiveNumber, 3)
    .action((folder, pictures, options) =>
      run(async (context) => (await import('../commands/caption.ts')).captionCommand(folder, pictures, options, context)),
    );
  program
    .command('serve <folders...>')
    .description('a web page to look at datasets, their cleaning and runs, and to search both ways')
    .option('--run <folder>', 'the run whose model searches; without it there is no search')
    .option('--sentences <files...>', 'text files with a sentence a line, such as quotations or poems, that a picture finds')
    .option('--songs <files...>', 'CSV or JSON lines of songs that a picture finds: title, artist, lyrics or comments')
    .option('--config <file>', 'wenlan.yaml')
    .option('--host <address>', 'where it listens; any but this machine wants --token', '127.0.0.1')
    .option('--port <number>', 'a free one by default', wholeNumber, 0)
    .option('--token <token>', 'that every visitor has to bring')
    .action((folders, options) =>
      run(async (context) => (await import('../commands/serve.ts')).serveCommand(folders, options, context)),
    );
  const engine = program.command('engine').description('the TensorFlow engine: find or build it, say what is in use');
  engine
    .command('install')
    .description("build the binding against the machine's TensorFlow, or against one that pip downloads")
    .option('--cuda', 'use tensorflow[and-cuda], for an NVIDIA GPU')
    .action((options) => run(async (context) => (await import('../commands/engine.ts')).engineInstallCommand(options, context)));
  engine
    .command('status')
    .description('say which engine is installed')
    .action(() => run(async (context) => (await import('../commands/engine.ts')).engineStatusCommand(context)));
}

/** What decides a run. */
function withRunFlags(command: Command): Command {
  return command
    .requiredOption('--data <dataset>', 'the dataset')
    .requiredOption('--out <folder>', 'the folder of the run')
    .option('--config <file>', 'wenlan.yaml')
    .option('--steps <count>', 'steps in all', positiveNumber)
    .option('--seed <number>', 'seed of everything random', wholeNumber)
    .option('--init <file>', 'start from these weights: a released .pth, or safetensors of ours')
    .option('--init-image <file>', 'start the image backbone from weights of timm')
    .option('--init-text <folder>', 'start the text backbone from a BERT, whose vocab.txt is taken too')
    .option('--partial', 'take what fits of these weights instead of refusing them');
}
