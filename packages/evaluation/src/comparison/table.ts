import { type ComparedSystem, type Comparison, type SeedFigure, summarizeRuns } from './comparison.ts';

const RECALL = ['i2t R@1', 'i2t R@5', 'i2t R@10', 't2i R@1', 't2i R@5', 't2i R@10', 'MR6'];
const CAPTIONS = ['BLEU-4', 'ROUGE-L', 'CIDEr-D'];
const CLASSES = ['zero-shot top-1', 'zero-shot top-5'];
const NONE = '–';

/** The figures that the table of a comparison has columns for. */
export function columnsOf(systems: readonly ComparedSystem[]): string[] {
  return [...RECALL, ...CLASSES, ...CAPTIONS].filter((name) => systems.some(({ figures }) => figures.has(name)));
}

/** `23.3 [21.0, 25.6]`, and the range of the seeds where there are several. */
export function figureText(figure: SeedFigure | undefined, digits: number): string {
  if (figure === undefined) return NONE;
  const { mean, interval, lowest, highest } = figure;
  const bounds = interval === null ? '' : ` [${interval.low.toFixed(digits)}, ${interval.high.toFixed(digits)}]`;
  const seeds = highest > lowest ? ` (${lowest.toFixed(digits)}–${highest.toFixed(digits)})` : '';
  return `${mean.toFixed(digits)}${bounds}${seeds}`;
}

/** Captioning metrics run from 0 to 1 or 10, recall to 100. */
export const digitsOf = (name: string): number => (CAPTIONS.includes(name) ? 3 : 1);

/** The table as Markdown, every condition below it. */
export function comparisonMarkdown(comparison: Comparison): string {
  const systems = summarizeRuns(comparison.runs);
  const columns = columnsOf(systems);
  const head = ['system', 'condition', 'seeds', ...columns, 'steps', 'seconds', 'peak MB'];
  const lines = systems.map((line) => [
    line.system,
    line.condition,
    line.seeds.join(' '),
    ...columns.map((name) => figureText(line.figures.get(name), digitsOf(name))),
    line.steps.toFixed(0),
    line.seconds.toFixed(0),
    line.peakMegabytes.toFixed(0),
  ]);
  const published = comparison.published.map(({ system, figures, source, certainty, note }) => [
    `${system} (published)`,
    [source, certainty, note].filter((part) => part !== undefined).join('; '),
    '',
    ...columns.map((name) => figures[name]?.toFixed(digitsOf(name)) ?? NONE),
    '',
    '',
    '',
  ]);
  return [
    `# ${comparison.title}`,
    '',
    'Mean over seeds [mean of the seeds’ bootstrap bounds] (lowest–highest seed). Recall in per cent.',
    '',
    ...(lines.length === 0 ? ['Nothing has been trained yet.'] : [row(head), row(head.map(() => '---')), ...lines.map(row)]),
    '',
    ...(published.length === 0
      ? []
      : [
          'Published, on other data and not to be compared line by line:',
          '',
          row(head),
          row(head.map(() => '---')),
          ...published.map(row),
          '',
        ]),
    ...(comparison.missing.length === 0 ? [] : [`Not run: ${comparison.missing.join('; ')}.`, '']),
    ...Object.entries(comparison.footer).map(([name, value]) => `- ${name}: ${value}`),
    '',
  ].join('\n');
}

/** A row a run: every seed by itself. */
export function comparisonCsv({ runs }: Comparison): string {
  const systems = runs.map((run) => ({ run, line: summarizeRuns([run])[0]! }));
  const columns = columnsOf(systems.map(({ line }) => line));
  const head = ['system', 'condition', 'seed', 'queueSize', 'step', 'steps', 'seconds', 'peakMegabytes'];
  const bounds = columns.flatMap((name) => [name, `${name} low`, `${name} high`]);
  const lines = systems.map(({ run, line }) => [
    run.system,
    run.condition,
    run.seed,
    run.queueSize ?? '',
    run.step,
    run.steps,
    run.seconds,
    run.peakMegabytes,
    ...columns.flatMap((name) => {
      const figure = line.figures.get(name);
      return [figure?.mean ?? '', figure?.interval?.low ?? '', figure?.interval?.high ?? ''];
    }),
  ]);
  return [[...head, ...bounds], ...lines].map((cells) => `${cells.map(csvCell).join(',')}\n`).join('');
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}

function csvCell(value: string | number): string {
  const text = String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
