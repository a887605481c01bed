import { expect, it } from 'vitest';
import { createReporter } from './reporter.ts';

function collect(): { lines: string[]; stream: { write(text: string): void } } {
  const lines: string[] = [];
  return { lines, stream: { write: (text) => void lines.push(text) } };
}

it('prints a line at the start, every five seconds and at the end into a pipe', () => {
  const { lines, stream } = collect();
  let now = 0;
  const reporter = createReporter(stream, 'auto', () => now);
  for (let done = 1; done <= 120; done++) {
    now += 100;
    reporter.progress({ stage: 'train', done, total: 120, unit: 'steps', detail: 'loss 1' });
  }
  reporter.settle();
  expect(lines).toEqual([
    'train: 1/120 steps, loss 1\n',
    'train: 51/120 steps, loss 1\n',
    'train: 101/120 steps, loss 1\n',
    'train: 120/120 steps, loss 1\n',
  ]);
});

it('settles what was not printed yet', () => {
  const { lines, stream } = collect();
  const reporter = createReporter(stream, 'auto', () => 0);
  reporter.progress({ stage: 'encode', done: 1, unit: 'pictures' });
  reporter.progress({ stage: 'encode', done: 9, unit: 'pictures' });
  reporter.settle();
  expect(lines).toEqual(['encode: 1 pictures\n', 'encode: 9 pictures\n']);
});

it('prints JSON lines on demand', () => {
  const { lines, stream } = collect();
  const reporter = createReporter(stream, 'json', () => 0);
  reporter.note('好');
  reporter.progress({ stage: 'train', done: 1, total: 2, unit: 'steps' });
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { event: 'note', sentence: '好' },
    { event: 'progress', stage: 'train', done: 1, total: 2, unit: 'steps' },
  ]);
});
