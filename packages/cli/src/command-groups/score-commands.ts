import { type Command, Option } from 'commander';
import type { Run } from '../command-context.ts';
import { wholeNumber } from '../option-parsers.ts';

const RECALL_AT = [1, 5, 10];

/** Scores of files that any model wrote. */
export function addScoreCommands(program: Command, run: Run): void {
  const score = program.command('score').description('score files that any model wrote');
  score
    .command('retrieval')
    .description('recall in both directions of vectors, with ranks and intervals')
    .requiredOption('--images <file>', '.npy, .arrow or .parquet, a row for each picture')
    .requiredOption('--texts <file>', '.npy, .arrow or .parquet, a row for each text')
    .requiredOption('--truth <file>', 'JSON: for each text the row numbers of its pictures')
    .addOption(
      new Option('--at <ranks...>', 'the K of R@K, ascending')
        .argParser((text, earlier: number[]) => [...(earlier === RECALL_AT ? [] : earlier), wholeNumber(text)])
        .default(RECALL_AT, '1 5 10'),
    )
    .option('--normalize', 'rank by cosine instead of by inner product')
    .addOption(
      new Option('--ties <rule>', 'which of equal scores ranks first')
        .choices(['index', 'optimistic', 'pessimistic'])
        .default('index'),
    )
    .action((options) =>
      run(async (context) => (await import('../commands/score-retrieval.ts')).scoreRetrievalCommand(options, context)),
    );
  score
    .command('captions')
    .description('BLEU, METEOR, ROUGE-L and CIDEr-D of captions, as pycocoevalcap has them')
    .requiredOption('--references <file>', 'JSON: {"id": ["句子", …]}')
    .requiredOption('--candidates <file>', 'JSON: {"id": "句子"}')
    .option('--tokenizer <names...>', 'char, jieba or space', ['char', 'jieba'])
    .action((options) =>
      run(async (context) => (await import('../commands/score-captions.ts')).scoreCaptionsCommand(options, context)),
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
      run(async (context) => (await import('../commands/score-classification.ts')).scoreClassificationCommand(options, context)),
    );
}
