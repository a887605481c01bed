import { Hono } from 'hono';
import { Problem } from '../problem.ts';
import type { MetricPoint, RunOption } from '../studio-options.ts';

/** Points of a curve that a screen can show. */
const MAX_POINTS = 2000;

/** Curves of training runs, as they are at the moment. */
export function runRoutes(runs: readonly RunOption[]): Hono {
  return new Hono().get('/:run/metrics', async (context) => {
    const run = runs.find(({ name }) => name === context.req.param('run'));
    if (run === undefined)
      throw new Problem(
        404,
        'RUN_UNKNOWN',
        `There is no run ${context.req.param('run')}; there are ${runs.map(({ name }) => name).join(', ') || 'none'}.`,
      );
    const [points, resumePoints] = await Promise.all([run.readMetrics(), run.readResumePoints()]);
    return context.json({ run: run.name, columns: columnsOf(points), resumePoints });
  });
}

/** By name, the steps that have a figure and the figures; long curves are thinned evenly, their last point stays. */
function columnsOf(points: readonly MetricPoint[]): Record<string, { steps: number[]; values: number[] }> {
  const columns: Record<string, { steps: number[]; values: number[] }> = {};
  for (const { step, ...figures } of points)
    for (const [name, value] of Object.entries(figures)) {
      const column = (columns[name] ??= { steps: [], values: [] });
      column.steps.push(step!);
      column.values.push(value);
    }
  for (const column of Object.values(columns)) {
    const stride = Math.ceil(column.steps.length / MAX_POINTS);
    const keeps = (_: number, index: number, all: number[]): boolean => index % stride === 0 || index === all.length - 1;
    column.steps = column.steps.filter(keeps);
    column.values = column.values.filter(keeps);
  }
  return columns;
}
