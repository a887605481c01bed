import type { Command } from 'commander';
import type { Run } from '../command-context.ts';
import { wholeNumber } from '../option-parsers.ts';

/** What is done to any dataset, raw or clean. */
export function addDatasetCommands(program: Command, run: Run): void {
  program
    .command('inspect <dataset>')
    .description('count the rows of a dataset by outcome, source and split')
    .action((dataset) => run(async (context) => (await import('../commands/inspect.ts')).inspectCommand(dataset, context)));
  program
    .command('verify <dataset>')
    .description('check every checksum, every picture against its sha256, and that no id comes twice')
    .action((dataset) => run(async (context) => (await import('../commands/verify.ts')).verifyCommand(dataset, context)));
  program
    .command('import <input>')
    .description('make a dataset of Parquet, Arrow, WebDataset tars, lists or folders of pictures')
    .requiredOption('--out <dataset>', 'the dataset')
    .option('--format <format>', 'parquet, arrow, webdataset, list, folder and others; guessed by default')
    .option('--split <name>', 'where the rows go')
    .option('--images <folder>', 'where relative paths of pictures start')
    .option('--forgotten-in <datasets...>', 'datasets whose forgotten pairs must not come back')
    .action((input, options) =>
      run(async (context) => (await import('../commands/import.ts')).importCommand(input, options, context)),
    );
  program
    .command('export [dataset]')
    .description('write a dataset for other programs, or the weights of a run under the released names')
    .requiredOption('--out <path>', 'the folder of the files; of a run, the file')
    .requiredOption('--format <format>', 'dataset, parquet, webdataset, list or folder; of a run, pth or safetensors')
    .option('--run <folder>', 'the run whose weights are written, instead of a dataset')
    .option('--where <condition>', 'which rows, such as "source = news and width >= 400"')
    .option('--split <names...>', 'only these splits')
    .option('--table <type>', 'csv, tsv or jsonl, of the format list')
    .option('--ids <file>', 'only the rows with these ids, one on each line; of the format dataset')
    .option('--shard-rows <count>', 'rows of a shard, of the format dataset', wholeNumber)
    .action((dataset, options) =>
      run(async (context) => (await import('../commands/export.ts')).exportCommand(dataset, options, context)),
    );
  program
    .command('forget <dataset>')
    .description('take pairs out for good, here and in the datasets made from it')
    .option('--id <ids...>', 'of pairs')
    .option('--url <urls...>', 'of pictures')
    .option('--page <urls...>', 'of pages that the pictures were found on')
    .option('--pages-under <urls...>', 'of whatever lies below, such as an account')
    .option('--user <urls...>', 'profiles of people whose posts these are')
    .option('--sha256 <digests...>', 'of pictures')
    .option('--phash <hashes...>', 'pictures that look like one of these')
    .option('--near <bits>', 'how many of the 64 bits of a --phash may differ', wholeNumber, 4)
    .option('--derived <datasets...>', 'datasets made from this one')
    .action((dataset, options) =>
      run(async (context) => (await import('../commands/forget.ts')).forgetCommand(dataset, options, context)),
    );
}
