import { curvesPage } from '@wenlan/evaluation';
import type { StepMetrics } from '@wenlan/model';
import { writeAtomically } from '@wenlan/shards';
import { plot } from 'asciichart';
import type { CommandContext } from '../command-context.ts';
import { localPath } from '../local-path.ts';
import { readRunFigures, type RunFigures } from '../run-figures.ts';

export interface StatsCommandOptions {
  html?: string;
}

/** Points across a terminal. */
const CHART_COLUMNS = 70;
const CHART_ROWS = 10;

/** What is drawn over the steps, where a run has it. */
const CURVES = {
  loss: 'loss',
  'validation R@10, %': 'validationRecallAt10',
  'learning rate': 'learningRate',
  'samples/s': 'samplesPerSecond',
  'share of a step that waits for data': 'dataWaitShare',
  'resident MB': 'residentMegabytes',
  'gradient norm before clipping': 'gradientNorm',
} as const satisfies Record<string, keyof StepMetrics>;

const COLUMNS = ['run', 'steps', 'first loss', 'loss', 'best R@10 %', 'samples/s', 'data ms', 'compute ms', 'peak MB', 'skipped'];

/** Curves and figures of training runs, finished or not. */
export async function statsCommand(runs: string[], options: StatsCommandOptions, context: CommandContext): Promise<void> {
  const html = options.html === undefined ? undefined : localPath(options.html);
  const read = await Promise.all(runs.map(readRunFigures));
  const rows = read.map(({ figures }) => cells(figures));
  if (html !== undefined) {
    const charts = Object.entries(CURVES).map(([title, key]) => ({
      title,
      x: 'step',
      y: title,
      series: read.map(({ figures, metrics }) => ({
        name: figures.run,
        points: metrics.flatMap((step) => (step[key] === undefined ? [] : [{ x: step.step, y: step[key] }])),
      })),
    }));
    const page = curvesPage({ title: `Training: ${runs.join(', ')}`, columns: COLUMNS, rows, charts });
    await writeAtomically(html, (handle) => handle.writeFile(page));
  }
  const drawn = read.flatMap(({ figures, metrics }) => [
    `${figures.run}: loss over ${figures.steps} steps`,
    plot(thin(metrics.map(({ loss }) => loss)), { height: CHART_ROWS }),
    '',
  ]);
  context.print({ runs: read.map(({ figures }) => figures), ...(html === undefined ? {} : { html }) }, [
    ...drawn,
    ...aligned([COLUMNS, ...rows]),
    ...(html === undefined ? [] : [html]),
  ]);
}

function cells(figures: RunFigures): string[] {
  const { bestRecallAt10: best } = figures;
  return [
    figures.run,
    String(figures.steps),
    figures.firstLoss.toFixed(3),
    figures.loss.toFixed(3),
    best === null ? '–' : `${best.recallAt10.toFixed(1)} at ${best.step}`,
    figures.samplesPerSecond.toFixed(1),
    figures.dataMillis.toFixed(0),
    figures.computeMillis.toFixed(0),
    figures.peakMegabytes.toFixed(0),
    String(figures.skippedPictures),
  ];
}

/** Means of neighbours, so that the curve fits. */
function thin(values: readonly number[]): number[] {
  const group = Math.ceil(values.length / CHART_COLUMNS);
  return Array.from({ length: Math.ceil(values.length / group) }, (_, index) => {
    const part = values.slice(index * group, (index + 1) * group);
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join('  '),
  );
}
