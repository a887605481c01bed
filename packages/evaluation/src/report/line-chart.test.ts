import { describe, expect, it } from 'vitest';
import { lineChart } from './line-chart.ts';

const options = { id: 'chart', title: 'Loss', titleZh: '损失', smooth: true };
const points = (values: readonly number[]): { step: number; value: number }[] =>
  values.map((value, i) => ({ step: i + 1, value }));

describe(lineChart, () => {
  it('keeps the peaks of a long curve', () => {
    const values = Array.from({ length: 5000 }, () => 1);
    values[2500] = 9;
    const { markup } = lineChart(points(values), options);
    const raw = /class="raw"\s+d="([^"]+)"/.exec(markup)![1]!;
    const heights = [...raw.matchAll(/[ML][\d.]+ ([\d.]+)/g)].map((match) => Number(match[1]));
    expect(Math.min(...heights)).toBeLessThan(60); // the one peak, near the top of 400
    expect(heights.length).toBe(600);
  });

  it('says in hover titles the step, the value and the mean around it', () => {
    const { markup } = lineChart(points([3, 6, 9]), options);
    expect(markup).toContain('<title>step 1: 3.00, smoothed 4.50</title>');
    expect(markup).toContain('<title>step 2: 6.00, smoothed 6.00</title>');
  });

  it.each([
    ['one point', [5]],
    ['equal points', [2, 2, 2]],
    ['zeros', [0, 0]],
    ['negative values', [-3, -1, -2]],
  ])('draws %s inside its frame', (_, values) => {
    const { markup } = lineChart(points(values), options);
    const coordinates = [...markup.matchAll(/[ML]([-\d.]+) ([-\d.]+)/g)];
    expect(coordinates.length).toBeGreaterThanOrEqual(values.length);
    for (const [, x, y] of coordinates) {
      expect(Number(x)).toBeGreaterThanOrEqual(0);
      expect(Number(x)).toBeLessThanOrEqual(1000);
      expect(Number(y)).toBeGreaterThanOrEqual(0);
      expect(Number(y)).toBeLessThanOrEqual(400);
    }
  });
});
