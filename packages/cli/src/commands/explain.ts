import { createReadStream, existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { builtInRecipe, explainPicture, type PictureExplanation, textExplainer, type TextExplanation } from '@wenlan/cleaning';
import type { CommandContext } from '../command-context.ts';
import { recipeOf } from '../stages/clean-stage.ts';
import { UsageError } from '../usage-error.ts';

export interface ExplainCommandOptions {
  lines?: string;
  /** What the texts and pictures are taken to be, and the recipe of that name; the default recipe and a page of the web without one. */
  profile?: 'weibo' | 'news' | 'encyclopedia';
  recipe?: string;
}

/** What is a file with one of these endings is a picture; everything else is a text. */
const PICTURE = /\.(?:png|jpe?g|webp|gif|avif|heic|svg|tiff?|bmp)$/i;

/** Prints what every rule measures on a text, a picture or each line of a file, and what it says to that. */
export async function explainCommand(
  input: string | undefined,
  options: ExplainCommandOptions,
  context: CommandContext,
): Promise<void> {
  if ((input === undefined) === (options.lines === undefined)) {
    throw new UsageError('EXPLAIN_INPUT', 'Give either a text or a picture file, or --lines with a file of texts, one a line.');
  }
  const recipe = options.recipe === undefined ? builtInRecipe(options.profile) : await recipeOf(options.recipe);
  const source = options.profile ?? 'web';
  if (input !== undefined && PICTURE.test(input) && existsSync(input)) {
    const explained = { input, ...(await explainPicture(await readFile(input), recipe, { source })) };
    context.print(explained, [pictureLine(explained), ...verdicts(explained)]);
    return;
  }
  const explain = textExplainer(recipe, { source, kind: source === 'weibo' ? 'post' : 'caption' });
  if (input !== undefined) {
    const explained = explain(input);
    context.print(explained, textLines(explained));
    return;
  }
  for await (const line of linesOf(options.lines!)) {
    const explained = explain(line);
    context.print(explained, textLines(explained));
    context.signal.throwIfAborted();
  }
}

async function* linesOf(file: string): AsyncIterable<string> {
  const stream = createReadStream(file, 'utf8');
  const opened = new Promise<void>((resolve, reject) => stream.once('open', () => resolve()).once('error', reject));
  await opened.catch((error: NodeJS.ErrnoException) => {
    throw new UsageError('LINES_FILE', `${file} can't be read (${error.code}); name a file of texts, one a line.`);
  });
  let isFirst = true;
  for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
    yield isFirst ? line.replace(/^\uFEFF/u, '') : line;
    isFirst = false;
  }
}

function textLines({ input, text, keep, rules }: TextExplanation): string[] {
  return [input, `  ${keep ? 'kept as' : 'dropped, cleaned to'}: ${text}`, ...verdicts({ rules })];
}

function pictureLine({ input, format, width, height, keep }: PictureExplanation & { input: string }): string {
  return `${input}: ${format === null ? 'no picture that decodes' : `${format} ${width} × ${height}`}, ${keep ? 'kept' : 'dropped'}`;
}

const verdicts = ({ rules }: { rules: { rule: string; score: number | null; keep: boolean }[] }): string[] =>
  rules.map(
    ({ rule, score, keep }) =>
      `  ${keep ? ' ' : '×'} ${rule.padEnd(22)}${score === null ? '–' : Math.round(score * 1000) / 1000}`,
  );
