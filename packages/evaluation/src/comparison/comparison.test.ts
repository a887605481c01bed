import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { zeroShot } from '../classification/zero-shot.ts';
import { retrieval } from '../retrieval.ts';
import { type ComparedRun, type Comparison, summarizeRuns } from './comparison.ts';
import { comparisonPage } from './comparison-page.ts';
import { publishedFigures } from './published.ts';
import { comparisonCsv, comparisonMarkdown } from './table.ts';

async function runOf(system: string, seed: number, change: Partial<ComparedRun> = {}): Promise<ComparedRun> {
  const rows = (shift: number): { values: Float32Array; rows: number; dim: number } => ({
    values: Float32Array.from({ length: 40 }, (_, index) => Math.sin(index * seed + shift * (index % 3))),
    rows: 20,
    dim: 2,
  });
  const truth = Array.from({ length: 20 }, (_, text) => [text]);
  const result = await retrieval({ images: rows(0), texts: rows(0.3), truth, captionPolicy: 'one caption' });
  const points = [1, 2, 3].map((step) => ({ step, seconds: step / 2, value: 5 - step }));
  return {
    system,
    condition: 'labels | only',
    seed,
    queueSize: null,
    step: 2,
    steps: 3,
    seconds: 1.5,
    peakMegabytes: 100 * seed,
    retrieval: result,
    captions: null,
    zeroShot: null,
    loss: points,
    validation: points,
    ...change,
  };
}

const comparison = async (): Promise<Comparison> => ({
  title: 'A & B',
  runs: [
    await runOf('A', 1),
    await runOf('B <b>', 1),
    await runOf('A', 2),
    await runOf('A, queue 0', 1, { queueSize: 0 }),
    await runOf('A, queue 256', 1, { queueSize: 256 }),
  ],
  missing: ['B <b>, labels, seed 2'],
  footer: { 'tie rule': 'lower first', engine: 'TensorFlow' },
  published: publishedFigures('aic-icc').rows,
});

describe(summarizeRuns, () => {
  it('has one line for a system under a condition, over its seeds', async () => {
    const { runs } = await comparison();
    const lines = summarizeRuns(runs);
    expect(lines.map(({ system, seeds }) => [system, seeds])).toEqual([
      ['A', [1, 2]],
      ['B <b>', [1]],
      ['A, queue 0', [1]],
      ['A, queue 256', [1]],
    ]);
    const [first, second] = [runs[0]!, runs[2]!].map(({ retrieval: { i2t } }) => i2t.recall[0]!);
    const figure = lines[0]!.figures.get('i2t R@1')!;
    expect(figure.mean).toBeCloseTo((first!.percent + second!.percent) / 2, 10);
    expect(figure.interval!.low).toBeCloseTo((first!.interval!.low + second!.interval!.low) / 2, 10);
    expect([figure.lowest, figure.highest]).toEqual([first!.percent, second!.percent].toSorted((a, b) => a - b));
    expect(lines[0]!.peakMegabytes).toBe(150);
  });
});

describe('the tables', () => {
  it('Markdown marks what is published, names what was not run and states every condition', async () => {
    const text = comparisonMarkdown(await comparison());
    expect(text).toContain('| B <b> | labels \\| only | 1 |');
    expect(text).toContain('| BriVL (published) | arXiv 2103.06561');
    expect(text).toContain('Not run: B <b>, labels, seed 2.');
    expect(text).toContain('- tie rule: lower first\n- engine: TensorFlow');
    expect(comparisonMarkdown({ ...(await comparison()), runs: [] })).toContain('Nothing has been trained yet.');
  });

  it('CSV has a row for each run', async () => {
    const lines = comparisonCsv(await comparison())
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(6);
    expect(lines[0]).toMatch(/^system,condition,seed,queueSize,.*i2t R@1,i2t R@1 low,i2t R@1 high/);
    expect(lines[4]).toMatch(/^"A, queue 0",labels \| only,1,0,/);
  });

  it('has columns of zero-shot classes where a run has them', async () => {
    const classes = { values: Float32Array.of(1, 0, 0, 1), rows: 2, dim: 2 };
    const scores = zeroShot({ images: classes, prompts: classes, labels: [0, 0], classNames: ['猫', '狗'] });
    const own = { ...(await comparison()), runs: [await runOf('A', 1, { zeroShot: scores }), await runOf('B', 1)] };
    const [head, , first, second] = comparisonMarkdown(own)
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .map((line) => line.split(' | '));
    const column = head!.indexOf('zero-shot top-1');
    expect([first![column], second![column]]).toEqual(['50.0', '–']);
    expect(first![column + 1]).toBe('100.0');
  });

  it('HTML escapes, has every plot and needs no network', async () => {
    const page = comparisonPage(await comparison());
    expect(page).toContain('B &lt;b&gt;');
    expect(page).not.toMatch(/<script|https?:\/\/[^ ]*\.(js|css)|src=/);
    for (const plot of ['R@K, i2t', 'R@K, t2i', 'Loss by step', 'Recall by seconds', 'Recall by memory', 'Recall by queue size'])
      expect(page).toContain(plot);
    expect(comparisonPage({ ...(await comparison()), runs: [] })).toContain('No points yet.');
  });
});

describe(publishedFigures, () => {
  const folder = join(import.meta.dirname, '../../published');
  it.each(readdirSync(folder).map((file) => file.replace('.json', '')))('%s says where each figure is from', (name) => {
    const { rows } = publishedFigures(name);
    expect(rows.length).toBeGreaterThan(0);
    for (const { system, figures, source, certainty } of rows) {
      expect(source, system).not.toBe('');
      expect(['read in the paper or its code', 'reprinted elsewhere', 'user report']).toContain(certainty);
      for (const value of Object.values(figures)) if (value !== null) expect(value).toBeGreaterThan(0);
    }
  });

  it('refuses a name it does not have', () => {
    expect(() => publishedFigures('laion')).toThrow(
      'there are no published figures "laion"; name one of ruc-cas-wenlan, aic-icc',
    );
  });
});
