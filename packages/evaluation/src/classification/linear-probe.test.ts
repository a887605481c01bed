import { describe, expect, it } from 'vitest';
import { seededRandom } from '../seeded-random.ts';
import { linearProbe } from './linear-probe.ts';
import { minimize } from './minimize.ts';

const random = seededRandom(3);
/** Three classes around three directions, with noise. */
function drawn(count: number): { vectors: { values: Float32Array; rows: number; dim: number }; labels: number[] } {
  const labels = Array.from({ length: count }, (_, row) => row % 3);
  const values = Float32Array.from(
    { length: count * 3 },
    (_, i) => (labels[Math.floor(i / 3)] === i % 3 ? 1 : 0) + 0.6 * (random() - 0.5),
  );
  return { vectors: { values, rows: count, dim: 3 }, labels };
}

describe(minimize, () => {
  it('finds the minimum of a slanted bowl', () => {
    const { at, value } = minimize((x, gradient) => {
      gradient[0] = 2 * (x[0]! - 3) + x[1]!;
      gradient[1] = 20 * x[1]! + x[0]!;
      return (x[0]! - 3) ** 2 + x[0]! * x[1]! + 10 * x[1]! ** 2;
    }, 2);
    expect(at[0]).toBeCloseTo(120 / 39, 4);
    expect(at[1]).toBeCloseTo(-6 / 39, 4);
    expect(value).toBeLessThan(0);
  });
});

describe(linearProbe, () => {
  const training = drawn(90);
  const test = drawn(60);
  const classNames = ['红', '绿', '蓝'];
  const input = {
    images: test.vectors,
    labels: test.labels,
    training: training.vectors,
    trainingLabels: training.labels,
    classNames,
  };

  it('tells classes apart that a plane separates', () => {
    const scores = linearProbe({ ...input, topAt: [1, 2] });
    expect(scores['top-1']).toBeGreaterThan(95);
    expect(scores['top-2']).toBeGreaterThanOrEqual(scores['top-1']!);
    expect(scores.conditions.method).toMatch(/^linear probe: logistic regression on 90 normed vectors, penalty 0\.001, L-BFGS/);
  });

  it('reaches chance with labels that have nothing to do with the pictures', () => {
    const labels = training.labels.map(() => Math.floor(3 * random()));
    expect(linearProbe({ ...input, trainingLabels: labels })['top-1']).toBeLessThan(60);
  });

  it.each([
    [{ penalty: 0 }, 'the penalty is 0'],
    [{ trainingLabels: [0] }, 'trainingLabels has 1 entries for 90 images'],
    [{ labels: test.labels.with(4, 7) }, 'labels of image 4 is 7'],
    [{ training: { values: new Float32Array(180).fill(1), rows: 90, dim: 2 } }, 'images have dim 3, training 2'],
    [{ images: { ...test.vectors, values: test.vectors.values.with(0, Number.NaN) } }, 'NaN'],
  ])('refuses %j', (change, sentence) => {
    expect(() => linearProbe({ ...input, ...change })).toThrow(sentence);
  });
});
